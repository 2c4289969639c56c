import {
  fn,
  llmCall,
  map,
  parallel,
  type PipelineError,
  type Settled,
  type ErrorData,
  type StandardSchema,
} from 'tinyllm'
import { z } from 'zod'

const count = fn({
  name: 'count',
  input: z.string(),
  output: z.object({ n: z.number() }),
  run: (t) => ({ n: t.length }),
})

export async function code(): Promise<string | null> {
  const r = await count.safeRun('x')
  return r.success ? null : r.error.code
}

export async function early(): Promise<string> {
  const r = await count.safeRun('x')
  if (!r.success) {
    const error: PipelineError = r.error
    return `${error.code} ${r.usage.inputTokens} ${r.id}`
  }
  return String(r.output.n)
}

export async function compared(): Promise<string> {
  const r = await count.safeRun('x')
  if (r.success === false) return r.error.message
  return String(r.output.n)
}

export async function picked(): Promise<string> {
  const { success, output, error } = await count.safeRun('x')
  return success ? String(output.n) : error.code
}

export async function settled(): Promise<(string | number)[]> {
  const both = parallel({ name: 'both', children: { a: count, b: count }, mode: 'settled' })
  const { a, b } = await both.run('x')
  const each = map({ name: 'each', each: count, mode: 'settled' })
  const all = await each.run(['x'])
  const said = (one: Settled<{ n: number }>) => (one.success ? one.output.n : one.error.code)
  if (!a.success) {
    const data: ErrorData = a.error
    return [data.message]
  }
  return [
    a.output.n,
    b.success ? b.output.n : b.error.code,
    ...all.map(said),
    ...all.map((one) => (one.success ? 0 : one.error.path)),
  ]
}

export function checked(schema: StandardSchema<string>): string {
  const result = schema['~standard'].validate('x')
  if (result instanceof Promise) return ''
  return result.issues ? result.issues[0]!.message : result.value
}

export async function streamed(): Promise<string> {
  for await (const event of count.stream('x')) {
    if (event.type === 'error') return event.error.code
    if (event.type === 'output') return String(event.output.n)
    if (event.type === 'refused') return event.reason
    if (event.type === 'toolCall') return event.arguments
  }
  return ''
}

export const said = llmCall({
  name: 'said',
  model: async () => ({ n: '1', at: null }),
  output: z.object({ n: z.coerce.number(), lang: z.string().optional(), at: z.string().nullable(), any: z.unknown() }),
})

export const misfit = llmCall({
  name: 'misfit',
  // @ts-expect-error -- a part is of another type
  model: async () => ({ n: 'x' }),
  output: z.object({ n: z.number() }),
})

export const lacking = llmCall({
  name: 'lacking',
  // @ts-expect-error -- a part is missing
  model: async () => ({ m: 1 }),
  output: z.object({ n: z.number() }),
})

import type { ChatMessage, SchemaResult, StandardSchema } from '../../types.ts'
import { jsonOf } from '../receive.ts'

/** The last thing that was said, by the model or by a tool. */
export function lastText(messages: readonly ChatMessage[]): string {
  const { content } = messages.at(-1) ?? {}
  return typeof content === 'string' ? content : ''
}

/** A schema that reads a text: as it is, or as the JSON that it holds. */
export function readsText(schema: StandardSchema): StandardSchema {
  const { validate } = schema['~standard']
  const fits = (result: SchemaResult<unknown> | Promise<SchemaResult<unknown>>) =>
    result instanceof Promise || !result.issues
  return {
    '~standard': {
      version: 1,
      vendor: 'tinyllm',
      validate: (value) => {
        const plain = validate(value)
        if (typeof value !== 'string' || fits(plain)) return plain
        const parsed = parse(value)
        return parsed ? validate(parsed.value) : plain
      },
    },
  }
}

/** Models like to put JSON into a code block. */
function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.replaceAll(/^\s*```\w*\s*|\s*```\s*$/g, '')) }
  } catch {
    return undefined
  }
}

/** What stands before the conversation: the instructions, and what the answer must look like. */
export function opening(instructions: string | undefined, output: StandardSchema | undefined): ChatMessage[] {
  const json = output && jsonOf(output)
  const form =
    json &&
    json.type !== 'string' &&
    `Give your final answer as JSON only, by this JSON Schema: ${JSON.stringify(json)}`
  const content = [instructions, form].filter(Boolean).join('\n\n')
  return content ? [{ role: 'system', content }] : []
}

import { ancestors, type Definition } from '../../analysis/definition.ts'
import { failure } from '../../errors.ts'
import type { PipelineError } from '../../types.ts'

/** Errors that the `retry.when` predicates around a leaf tell apart: one for each combination of their results. */
export function sampleErrors(definition: Definition): Error[] {
  const whens = [definition, ...ancestors(definition)].flatMap(({ node }) => node.policy.retry?.when ?? [])
  const place = { code: 'run', path: definition.path, state: 'running' } as const
  const byResults = new Map<string, Error>()
  for (const error of candidates(whens)) {
    const results = whens.map((when) => resultOf(when, failure(error, place))).join()
    if (!byResults.has(results)) byResults.set(results, error)
  }
  return [...byResults.values()]
}

function resultOf(when: (error: PipelineError) => boolean, error: PipelineError): boolean {
  try {
    return Boolean(when(error))
  } catch {
    return false
  }
}

function* candidates(whens: readonly ((error: PipelineError) => boolean)[]): Generator<Error> {
  yield new Error('simulated failure')
  if (whens.length === 0) return
  const errorWith = (message: string, details: object) => Object.assign(new Error(message), details)
  yield errorWith('503 Service Unavailable', { status: 503 })
  yield errorWith('429 Too Many Requests', { status: 429 })
  yield errorWith('fetch failed', { code: 'ECONNRESET', cause: { code: 'ECONNRESET' } })
  yield new SyntaxError('simulated failure')
  yield errorWith('simulated failure', { name: 'AbortError' })
  for (const [, text] of whens.join('\n').matchAll(/['"`]([^'"`\n]+)['"`]/g)) {
    yield errorWith(String(text), { name: text, code: text, type: text })
  }
  for (const [number] of whens.join('\n').matchAll(/\b\d{3}\b/g)) yield errorWith(number, { status: Number(number) })
}

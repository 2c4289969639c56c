import { jsonSchemaOf } from '../../models/schema/json-schema.ts'
import type { StandardSchema } from '../../types.ts'
import { exampleOf } from './example.ts'
import { setIn } from './set-in.ts'
import { tryValidate } from './validate.ts'

/** Values of many types: a schema may accept one of them, and reject another. */
export const probeValues: readonly (() => unknown)[] = [
  () => 'text',
  () => 1,
  () => true,
  () => null,
  () => ({}),
  () => [],
  () => undefined,
  () => new Date(0),
  () => 1n,
  () => new Map(),
  () => new Set(),
  () => 'someone@example.org',
  () => '2026-01-01T00:00:00Z',
  () => 'https://example.org/',
  () => '00000000-0000-0000-0000-000000000000',
  () => 100,
  () => '1',
  () => 'A',
  () => [{ role: 'user', content: 'text' }],
  () => ['text'],
  () => 'a much longer text, with several words in it.',
]

/** An input that a schema accepts; undefined where none was found. Starts with `guess`, and replaces what has an issue. */
export function findValid(
  schema: StandardSchema,
  guess: unknown = guessOf(schema),
  tries: readonly (() => unknown)[] = probeValues,
): { value: unknown } | undefined {
  let value = guess
  const tried = new Map<string, number>()
  for (let round = 0; round < 200; round++) {
    const result = tryValidate(schema, value)
    if ('value' in result) return { value }
    const place = result.path.map(String).join('\0')
    const next = tried.get(place) ?? 0
    if (next >= tries.length) return undefined
    tried.set(place, next + 1)
    value = setIn(value, result.path, (tries[next] as () => unknown)())
  }
  return undefined
}

/** An input that a schema rejects; undefined where none was found. */
export function findInvalid(schema: StandardSchema): { value: unknown } | undefined {
  for (const probe of [() => null, () => 42, () => '', ...probeValues]) {
    const value = probe()
    if ('issue' in tryValidate(schema, value)) return { value }
  }
  return undefined
}

const guessOf = (schema: StandardSchema): unknown => exampleOf(jsonSchemaOf(schema) ?? {})

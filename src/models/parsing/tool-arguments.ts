import { attempt, isPlainObject } from '../../border/shape.ts'
import type { ToolParameters } from '../schema/tool-parameters.ts'
import { unwrap } from '../schema/wrap-schema.ts'
import { extractJson } from './extract-json.ts'
import { type JsonType, jsonTypeOf, schemaTypes } from './json-type.ts'
import { trimBlank } from './match-choice.ts'
import { parseJson } from './parse-json.ts'

/** The JSON types that the tool's own schema accepts; undefined where they are not known. */
type AcceptedTypes = readonly JsonType[] | undefined
type ParsedJson = { readonly value: unknown }

/**
 * Parses the arguments that a model wrote for a tool: JSON as it is, in a code block, in a JSON string, or the only
 * object in a text. An empty text or `null` is `{}`. What the tool accepts as it is (a string, `null`) is not parsed
 * further. Does not validate. Returns undefined where there is no JSON.
 *
 * @example
 * parseToolArguments(weather, '```json\n{ "city": "Oslo" }\n```') // { input: { city: 'Oslo' } }
 */
export function parseToolArguments(
  { form, inputOf }: Pick<ToolParameters, 'form' | 'inputOf'>,
  text: string,
): { readonly input: unknown } | undefined {
  const types = schemaTypes(form)
  const parsed = parseText(text, types)
  return parsed && attempt(() => ({ input: unquoteInput(inputOf(parsed.value), types) }))
}

/** A tool call's arguments as an object, which is what servers accept in a request; `{}` for anything else. */
export function argumentsObject(given: unknown): Readonly<Record<string, unknown>> {
  const value = typeof given === 'string' ? attempt(() => JSON.parse(given) as unknown) : given
  return isPlainObject(value) ? value : {}
}

function parseText(text: string, types: AcceptedTypes): ParsedJson | undefined {
  const plain = parseTrimmed(text)
  if (plain) return { value: unquote(plain.value, types) }
  if (trimBlank(text) === '') return { value: {} }
  return parseEmbedded(text, types)
}

const parseTrimmed = (text: string): ParsedJson | undefined => attempt(() => ({ value: parseJson(trimBlank(text)) }))

/** An object with text around it, where the tool accepts its type. */
function parseEmbedded(text: string, types: AcceptedTypes, depth = 0): ParsedJson | undefined {
  const json = extractJson(text, '{')
  if ('problem' in json) return undefined
  const value = unquote(json.value, types, depth + 1)
  const isAccepted = accepts(jsonTypeOf(value), types) || unwrap('input', value) !== undefined
  return isAccepted ? { value } : undefined
}

/** Models that write their arguments as a JSON string do so once, or twice. */
const MAX_QUOTES = 3

/** Parses arguments that are themselves a JSON string, unless the tool accepts a string. */
function unquote(value: unknown, types: AcceptedTypes, depth = 0): unknown {
  if (value === null) return types?.includes('null') ? null : {}
  if (typeof value !== 'string' || depth > MAX_QUOTES) return value
  if (accepts('string', types)) {
    // The string is the input itself, unless it is JSON of the wrapper that was asked for.
    const inner = parseTrimmed(value)
    const wrapped = inner && unwrap('input', inner.value)
    return wrapped && accepts(jsonTypeOf(wrapped.inner), types) ? inner.value : value
  }
  if (trimBlank(value) === '') return {}
  return (parseEmbedded(value, types, depth) ?? { value }).value
}

/** Inside the wrapper, an array or an object may be a JSON string as well. */
const unquoteInput = (input: unknown, types: AcceptedTypes): unknown =>
  typeof input === 'string' && !accepts('string', types) && trimBlank(input) !== '' ? unquote(input, types) : input

const accepts = (type: JsonType, types: AcceptedTypes): boolean => types?.includes(type) ?? true

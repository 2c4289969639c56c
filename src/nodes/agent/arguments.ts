import { findForeign } from '../../border/saving.ts'
import { attempt } from '../../border/shape.ts'
import { parseJson } from '../../models/parsing/parse-json.ts'
import { unwrap } from '../../models/schema/wrap-schema.ts'
import { trimBlank } from '../../models/parsing/match-choice.ts'
import { type JsonType, jsonTypeOf, schemaTypes } from '../../models/parsing/json-type.ts'
import { extractJson } from '../../models/parsing/extract-json.ts'
import type { Tool } from './tools.ts'

/** The input that arguments mean, or what is wrong with them, in words for the model. */
export type ReadArguments =
  | { readonly input: unknown; readonly problem?: undefined }
  | { readonly input: unknown; readonly problem: string }
/** What the tool's own schema takes; undefined where that cannot be told. */
type Kinds = readonly JsonType[] | undefined
type Given = { readonly value: unknown }

/**
 * Reads what a model wrote as the arguments of a tool, as kindly as an answer: JSON as it is; in a block of code; in a
 * JSON string; the one object among words. Nothing at all, or `null`, is `{}`; to a tool that takes one optional value, it
 * is undefined. What the tool takes as it stands (a text, `null`) is never read as something else. Whether the schema
 * takes it is asked elsewhere.
 *
 * @example
 * readArguments(weather, '```json\n{ "city": "Oslo" }\n```') // { input: { city: 'Oslo' } }
 */
export function readArguments(tool: Pick<Tool, 'form' | 'inputOf'>, text: string): ReadArguments {
  const kinds = schemaTypes(tool.form)
  const given = givenIn(text, kinds)
  const read = given && attempt(() => ({ input: inside(tool.inputOf(given.value), kinds) }))
  if (!read) return { input: text, problem: NOT_JSON }
  // JSON can say what cannot be saved (1e999, a key __proto__), and a run that waits for a person is saved.
  const found = findForeign(read.input, 'arguments')
  if (!found) return read
  const problem = `Error: the arguments hold ${found.what} at ${found.at}. Write them as plain JSON, and call again.`
  return { input: null, problem }
}

const NOT_JSON = 'Error: the arguments are not JSON. Write them as one JSON object.'

function givenIn(text: string, kinds: Kinds): Given | undefined {
  const plain = parsed(text)
  if (plain) return { value: meant(plain.value, kinds) }
  if (trimBlank(text) === '') return { value: {} }
  const apart = apartIn(text, kinds)
  return apart && { value: apart.value }
}

/** JSON that has something around it, where the tool takes such a thing. */
function apartIn(text: string, kinds: Kinds, depth = 0): Given | undefined {
  const json = extractJson(text, '{')
  if ('problem' in json) return undefined
  const value = meant(json.value, kinds, depth + 1)
  return isTaken(value, kinds) ? { value } : undefined
}

/** A model that puts a string around its arguments does so once, or twice. */
const MOST = 3

/** What a JSON value means as arguments, which are an object: in a string, they are read once more. */
function meant(value: unknown, kinds: Kinds, depth = 0): unknown {
  if (value === null) return kinds?.includes('null') ? null : {}
  if (typeof value !== 'string' || depth > MOST) return value
  if (takes('string', kinds)) {
    // A text is what it is; but what the tool was asked for in is no text.
    const inner = parsed(value)
    const wrapped = inner && unwrap('input', inner.value)
    return wrapped && takes(jsonTypeOf(wrapped.inner), kinds) ? inner.value : value
  }
  if (trimBlank(value) === '') return {}
  return (apartIn(value, kinds, depth) ?? { value }).value
}

/** In its wrapper, a list or the like may stand in a string as well. */
const inside = (input: unknown, kinds: Kinds): unknown =>
  typeof input === 'string' && !takes('string', kinds) && trimBlank(input) !== '' ? meant(input, kinds) : input

/** Whether the tool takes it, or what is in its wrapper. */
const isTaken = (value: unknown, kinds: Kinds): boolean =>
  takes(jsonTypeOf(value), kinds) || unwrap('input', value) !== undefined

const takes = (kind: JsonType, kinds: Kinds): boolean => kinds?.includes(kind) ?? true
const parsed = (text: string): Given | undefined => attempt(() => ({ value: parseJson(trimBlank(text)) }))

/** What some models write before the name of a tool, as their own prompts have it. */
const PREFIX = /^(?:functions|default_api|tools)\./i
const QUOTED = /^["'`“‘]([^]*)["'`”’]$/

/** In characters: a name has 64 of them at most, and a prefix and quotes are short. */
const LONGEST = 200

/**
 * The tool that a model means by a name: the one of exactly that name; else the only one whose name differs in its case,
 * in `-`, `_` and spaces, or has quotes or a known prefix (`functions.weather`). Undefined where there is none, or two.
 *
 * @example
 * toolNamed('functions.Get-Weather', tools) // the tool get_weather
 */
export function toolNamed(name: string, tools: ReadonlyMap<string, Tool>): Tool | undefined {
  if (name.length > LONGEST) return tools.get(name)
  const bare = name.trim().replace(QUOTED, '$1').trim()
  const plain = bare.replace(PREFIX, '')
  const exact = tools.get(name) ?? tools.get(bare) ?? tools.get(plain)
  if (exact) return exact
  const wanted = folded(plain)
  const meant = wanted === '' ? [] : [...tools.values()].filter((tool) => folded(tool.name) === wanted)
  return meant.length === 1 ? meant[0] : undefined
}

const folded = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]+/g, '')

import { findNonJson } from '../../border/json-data.ts'
import { parseToolArguments } from '../../models/parsing/tool-arguments.ts'
import type { AgentTool } from './tools.ts'

/** The input that arguments mean, or the problem with them, as a message for the model. */
export type ReadArguments =
  | { readonly input: unknown; readonly problem?: undefined }
  | { readonly input: unknown; readonly problem: string }
/**
 * Parses the arguments that a model wrote for a tool (see `parseToolArguments`), without validation.
 *
 * @example
 * readArguments(weather, '```json\n{ "city": "Oslo" }\n```') // { input: { city: 'Oslo' } }
 */
export function readArguments(tool: Pick<AgentTool, 'form' | 'inputOf'>, text: string): ReadArguments {
  const parsed = parseToolArguments(tool, text)
  if (!parsed) return { input: text, problem: NOT_JSON }
  // JSON can contain values that are not serializable (1e999, a key __proto__), and a run that waits for approval is saved.
  const found = findNonJson(parsed.input, 'arguments')
  if (!found) return parsed
  const problem = `Error: the arguments hold ${found.what} at ${found.path}. Write them as plain JSON, and call again.`
  return { input: null, problem }
}

const NOT_JSON = 'Error: the arguments are not JSON. Write them as one JSON object.'

/** Prefixes that some models write before the name of a tool. */
const PREFIX = /^(?:functions|default_api|tools)\./i
const QUOTED = /^["'`“‘]([^]*)["'`”’]$/

/** In characters: a name has at most 64, and a prefix and quotes are short. */
const LONGEST = 200

/**
 * The tool that a model means by a name: the one of exactly that name; else the only one whose name differs in its case,
 * in `-`, `_` and spaces, or has quotes or a known prefix (`functions.weather`). Undefined where there is none, or two.
 *
 * @example
 * toolNamed('functions.Get-Weather', tools) // the tool get_weather
 */
export function toolNamed(name: string, tools: ReadonlyMap<string, AgentTool>): AgentTool | undefined {
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

import type { Tool } from './tools.ts'

/** What some models write before the name of a tool, as their own prompts have it. */
const PREFIX = /^(?:functions|default_api|tools)\./i
const QUOTES = /^["'`“”‘’]+|["'`“”‘’]+$/g

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
  const bare = name.trim().replaceAll(QUOTES, '').trim()
  const plain = bare.replace(PREFIX, '')
  const exact = tools.get(name) ?? tools.get(bare) ?? tools.get(plain)
  if (exact) return exact
  const wanted = folded(plain)
  const meant = wanted === '' ? [] : [...tools.values()].filter((tool) => folded(tool.name) === wanted)
  return meant.length === 1 ? meant[0] : undefined
}

const folded = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]+/g, '')

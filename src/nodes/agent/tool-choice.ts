import { isPlainObject } from '../../border/shape.ts'

/** The names of an agent's tools; undefined where they are asked for in each turn. */
export type KnownTools = ReadonlyMap<string, unknown> | undefined

/** What is wrong with names of tools, in words. */
export function namesProblem(names: unknown, known: KnownTools): string | undefined {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return 'expected a list of tool names'
  const unknown = known && names.find((name) => !known.has(name as string))
  return unknown === undefined
    ? undefined
    : `${unknown} is not a tool. The tools are ${[...known!.keys()].join(', ') || 'none'}`
}

/** What is wrong with a choice of tools, in words. */
export function choiceProblem(choice: unknown, known: KnownTools): string | undefined {
  if (choice === undefined || choice === 'auto' || choice === 'none' || choice === 'required') return undefined
  if (isPlainObject(choice) && choice.type === 'tool' && typeof choice.toolName === 'string') {
    return namesProblem([choice.toolName], known)
  }
  return "expected 'auto', 'none', 'required' or { type: 'tool', toolName }"
}

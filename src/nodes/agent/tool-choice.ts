import { isPlainObject } from '../../border/shape.ts'

/** An agent's tools by name; undefined where they are a function of the turn. */
export type KnownTools = ReadonlyMap<string, unknown> | undefined

/** The problem with a list of tool names, as a message; undefined if there is none. */
export function namesProblem(names: unknown, known: KnownTools): string | undefined {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return 'expected a list of tool names'
  const unknown = known && names.find((name) => !known.has(name as string))
  return unknown === undefined
    ? undefined
    : `${unknown} is not a tool. The tools are ${[...known!.keys()].join(', ') || 'none'}`
}

/** The problem with a `toolChoice`, as a message; undefined if there is none. */
export function choiceProblem(choice: unknown, known: KnownTools): string | undefined {
  if (choice === undefined || choice === 'auto' || choice === 'none' || choice === 'required') return undefined
  if (isPlainObject(choice) && choice.type === 'tool' && typeof choice.toolName === 'string') {
    return namesProblem([choice.toolName], known)
  }
  return "expected 'auto', 'none', 'required' or { type: 'tool', toolName }"
}

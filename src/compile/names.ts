import { formatValue } from '../border/format-value.ts'

/** Names are state keys and parts of paths: what XState or a path gives a meaning to is refused. */
export function checkName(name: unknown, owner: string): string {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(
      `${owner} needs a name: a non-empty string, not ${formatValue(name)}. Give it as { name: 'classify' }.`,
    )
  }
  if (/[.#*\\]/.test(name) || name === '__proto__') {
    throw new TypeError(
      `${owner} cannot be named ${JSON.stringify(name)}: a name must not contain . # * or \\ and must not be __proto__. Use a dash or an underscore.`,
    )
  }
  return name
}

/** Choices are free text; in a state key what a name may not hold is percent-encoded: `gpt-4.1` is `gpt-4%2E1`. */
export function toKey(choice: string | number): string {
  const key = String(choice).replace(/[.#*\\%]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return key === '' || key === '__proto__' || key === 'deciding' ? `%${key}` : key
}

/** The same of the id of a call, or of a name that a model wrote: in a path it stands in brackets. */
export const callKey = (id: string): string =>
  toKey(id).replace(/[[\]]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

import { formatValue } from '../border/format-value.ts'

/** Names are state keys and segments of paths, so they must not contain characters with a meaning there. */
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

/** A choice (free text) as a state key: characters that a key cannot hold are percent-encoded, `gpt-4%2E1`. */
export function toKey(choice: string | number): string {
  const key = String(choice).replace(/[.#*\\%]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return key === '' || key === '__proto__' || key === 'deciding' ? `%${key}` : key
}

/** The same for the id of a call, or a name that a model wrote; brackets are encoded too. */
export const callKey = (id: string): string =>
  toKey(id).replace(/[[\]]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

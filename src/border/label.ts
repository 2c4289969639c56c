/** Names that JavaScript gives to an anonymous arrow function: the option that it is assigned to. */
const OPTIONS: ReadonlySet<string> = new Set(['body', 'decide', 'default', 'each', 'model', 'otherwise', 'then'])

/** The name of a plain function, as a list; empty where the user did not name it. */
export function functionNamesOf(plain: unknown): readonly string[] {
  const { name } = plain as { name?: unknown }
  if (typeof name !== 'string') return []
  const own = name.replace(/^(bound )+/, '').trim()
  return own === '' || OPTIONS.has(own) ? [] : [own.replaceAll(/\s+/g, ' ')]
}

/** The names to show beside a key: those that differ from it, the nearest first. */
export function ownNameOf(key: string, names: readonly string[]): string | undefined {
  const own = [...new Set(names)].filter((name) => name !== key && name !== decodeKey(key))
  return own.length > 0 ? own.join(': ') : undefined
}

/** The label of a function in a chart or a table: `key: name`. */
export const labelOf = (key: string, ownName: string | undefined): string =>
  ownName === undefined ? decodeKey(key) : `${decodeKey(key)}: ${ownName}`

/** The label of a function in a sentence: `path: name`. */
export const pathLabelOf = (path: string, ownName: string | undefined): string =>
  ownName === undefined ? path : `${path}: ${ownName}`

/** Decodes a state key: characters of a choice, or of the id of a call, that a key cannot hold are percent-encoded. */
export const decodeKey = (key: string): string =>
  key
    .replace(/^%(?=$|__proto__$|deciding$)/, '')
    .replaceAll(/%(2E|23|2A|5C|25|5B|5D)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

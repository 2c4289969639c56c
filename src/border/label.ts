/** What an arrow function is named by JavaScript itself, after the option that it was written into. */
const OPTIONS: ReadonlySet<string> = new Set(['body', 'decide', 'default', 'each', 'model', 'otherwise', 'then'])

/** What the user calls a plain function: nothing where it has no name of its own. */
export function functionNamesOf(plain: unknown): readonly string[] {
  const { name } = plain as { name?: unknown }
  if (typeof name !== 'string') return []
  const own = name.replace(/^(bound )+/, '').trim()
  return own === '' || OPTIONS.has(own) ? [] : [own.replaceAll(/\s+/g, ' ')]
}

/** What stands beside a key: the names that say more than it, the nearest first. */
export function ownNameOf(key: string, names: readonly string[]): string | undefined {
  const own = [...new Set(names)].filter((name) => name !== key && name !== decodeKey(key))
  return own.length > 0 ? own.join(': ') : undefined
}

/** What is written at a function in a picture or a table: its key, and beside it the user's own name of it. */
export const labelOf = (key: string, ownName: string | undefined): string =>
  ownName === undefined ? decodeKey(key) : `${decodeKey(key)}: ${ownName}`

/** The same for a sentence, which says the whole path. */
export const pathLabelOf = (path: string, ownName: string | undefined): string =>
  ownName === undefined ? path : `${path}: ${ownName}`

/** A choice as it was written: what a key could not hold is percent-encoded in it; so is the id of a call. */
export const decodeKey = (key: string): string =>
  key
    .replace(/^%(?=$|__proto__$|deciding$)/, '')
    .replaceAll(/%(2E|23|2A|5C|25|5B|5D)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/** How many names are told of many. */
const MOST = 20

/**
 * Says that a machine has no actor, action or guard of a name, and which it has; `near` is the one that was probably
 * meant. It imports nothing: what it shared with the core would be a chunk of its own in a bundle.
 */
export function warn(id: string, kind: string, name: string, known: readonly string[], near: string | undefined): void {
  const others = known.filter((other) => other !== near)
  const all = near === undefined ? others : [near, ...others]
  const more = all.length > MOST ? `, and ${all.length - MOST} more` : ''
  const list = all.length > 0 ? `The ${kind} are: ${all.slice(0, MOST).join(', ')}${more}.` : `It has no ${kind}.`
  const hint = near === undefined ? '' : ` Did you mean '${near}'?`
  // oxlint-disable-next-line no-console -- a throw would break programs that XState runs
  console.warn(`${id}.machine.provide: there is no ${kind.slice(0, -1)} '${name}'. ${list}${hint}`)
}

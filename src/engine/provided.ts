import { nearest } from '../border/options.ts'

type Kind = 'actors' | 'actions' | 'guards'
type Named = { readonly [kind in Kind | 'delays']?: Readonly<Record<string, unknown>> }

/** By chart: a component that provides whenever it is drawn hears it once. */
const told = new WeakMap<object, Set<string>>()

/** How many names are told of many. */
const MOST = 20

/** XState takes whatever is provided; of a name that nothing has, the real one would run on, in silence. */
export function warnOfUnknown(chart: object, id: string, own: Named, provided: Named): void {
  for (const kind of ['actors', 'actions', 'guards'] as const) {
    const known = Object.keys(own[kind] ?? {})
    for (const name of Object.keys(provided[kind] ?? {})) {
      if (known.includes(name) || provided[kind]?.[name] === undefined) continue
      const warned = told.get(chart) ?? new Set()
      if (!warned.has(`${kind} ${name}`)) warn(id, kind, name, known)
      told.set(chart, warned.add(`${kind} ${name}`))
    }
  }
}

function warn(id: string, kind: Kind, name: string, known: readonly string[]): void {
  const near = nearest(name, known)
  const others = known.filter((other) => other !== near)
  const all = near === undefined ? others : [near, ...others]
  const more = all.length > MOST ? `, and ${all.length - MOST} more` : ''
  const list = all.length > 0 ? `The ${kind} are: ${all.slice(0, MOST).join(', ')}${more}.` : `It has no ${kind}.`
  const hint = near === undefined ? '' : ` Did you mean '${near}'?`
  // oxlint-disable-next-line no-console -- a throw would break programs that XState runs
  console.warn(`${id}.machine.provide: there is no ${kind.slice(0, -1)} '${name}'. ${list}${hint}`)
}

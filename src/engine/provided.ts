import { nearest } from '../border/options.ts'

type Named = { readonly [kind in 'actors' | 'actions' | 'guards' | 'delays']?: Readonly<Record<string, unknown>> }

/** By chart: a component that provides whenever it is drawn hears it once. */
const told = new WeakMap<object, Set<string>>()

/** XState takes whatever is provided; of a name that nothing has, the real one would run on, in silence. */
export function warnOfUnknown(chart: object, id: string, own: Named, provided: Named): void {
  for (const kind of ['actors', 'actions', 'guards'] as const) {
    const known = own[kind] ?? {}
    for (const [name, given] of Object.entries(provided[kind] ?? {})) {
      const warned = told.get(chart) ?? new Set()
      const key = `${kind} ${name}`
      if (given === undefined || name in known || warned.has(key)) continue
      told.set(chart, warned.add(key))
      // Loaded only where something is wrong.
      const names = Object.keys(known)
      void import('./unknown-name.ts').then(({ warn }) => warn(id, kind, name, names, nearest(name, names)))
    }
  }
}

import { closestName } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'

type Named = { readonly [kind in 'actors' | 'actions' | 'guards' | 'delays']?: Readonly<Record<string, unknown>> }

/** By chart, the warnings already logged: a component that calls `provide` on each render is warned once. */
const warnedNames = new WeakMap<object, Set<string>>()

const KINDS = { actors: 1, actions: 1, guards: 1, delays: 1 }

/** XState accepts any name in `provide`; with a misspelt one the original implementation would silently run. */
export function warnOfUnknown(chart: object, id: string, own: Named, provided: Named): void {
  if (typeof provided !== 'object' || provided === null) {
    throw new TypeError(
      `${id}.machine.provide was given ${formatValue(provided)}. Give what replaces its implementations, by name: { actors: { … } }.`,
    )
  }
  const tell = (kind: string, given: object | undefined, known: object = {}) => {
    for (const [name, value] of Object.entries(given ?? {})) {
      const warned = warnedNames.get(chart) ?? new Set()
      const key = `${kind} ${name}`
      if (value === undefined || Object.hasOwn(known, name) || warned.has(key)) continue
      warnedNames.set(chart, warned.add(key))
      // Loaded only where something is wrong.
      const names = Object.keys(known)
      void import('./unknown-name.ts').then(({ warn }) => warn(id, kind, name, names, closestName(name, names)))
    }
  }
  tell('kinds', provided, KINDS)
  for (const kind of ['actors', 'actions', 'guards'] as const) tell(kind, provided[kind], own[kind])
}

import type { AnyActorRef } from 'xstate'
import type { Key, Provided } from '../types.ts'
import { globalState } from './global-state.ts'
import { formatValue } from './format-value.ts'
import { parentOf } from './actors.ts'

type AnyKey = { readonly name: string }
export type ProvidedValues = ReadonlyMap<AnyKey, unknown>

/** Values are in WeakMaps and not on the objects: nothing that logs, copies or serializes an object shows them. */
const registry = globalState('keys', (): Registry => ({
  keys: new WeakSet<object>(),
  pairs: new WeakMap<object, { readonly key: AnyKey; readonly value: unknown }>(),
  values: new WeakMap<object, ProvidedValues>(),
}))
type Registry = {
  readonly keys: WeakSet<object>
  readonly pairs: WeakMap<object, { readonly key: AnyKey; readonly value: unknown }>
  /** By the actor of a run, and by a machine. */
  readonly values: WeakMap<object, ProvidedValues>
  /** The values of the actor that is being created: it enters its first states inside `createActor`. */
  pending?: ProvidedValues | undefined
}

/**
 * A key for what leaves need beside their input and the data must not hold: a database, a user, a tenant. A run is given
 * a value (`provide: [db.with(pool)]`), and its leaves read it: `ctx.get(db)`. The key is the object and not its name, so
 * that two packages that both use `'db'` never read each other's value: create it once, and import it where it is
 * needed. Both copies of this package in a process (ESM and CommonJS) know the same keys. `name` is for messages.
 *
 * @example
 * const db = key<Database>('db')
 * const orders = fn({ name: 'orders', run: (user: string, ctx) => ctx.get(db).ordersOf(user) })
 * await orders.run('Ada', { provide: [db.with(pool)] })
 */
export function key<T>(name: string): Key<T> {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`key: name is ${formatValue(name)}. Give a non-empty string, such as key('db').`)
  const made: Key<T> = Object.freeze({
    name,
    with: (value: T) => {
      const provided: Provided = Object.freeze({ name, '~provided': true })
      registry.pairs.set(provided, { key: made, value })
      return provided
    },
  })
  registry.keys.add(made)
  return made
}

export const isKey = (value: unknown): value is AnyKey => registry.keys.has(Object(value) as object)

/** The type alone: no message shows a value that may be secret. */
const typeOf = (value: unknown): string =>
  typeof value === 'object' || value === undefined ? formatValue(value) : `a ${typeof value}`

/** The values in the option `provide`, by key; throws a `TypeError` for anything but a list of `key.with(value)`. */
export function providedValues(owner: string, list: unknown): ProvidedValues {
  if (!Array.isArray(list))
    throw new TypeError(
      `${owner}: provide is not an array but ${typeOf(list)}. Give an array of values for keys: [db.with(value)].`,
    )
  const values = new Map<AnyKey, unknown>()
  for (const [index, one] of [...(list as unknown[])].entries()) {
    const pair = registry.pairs.get(Object(one) as object)
    if (!pair) {
      const what = isKey(one) ? `the key ${one.name} without a value` : `not a value for a key but ${typeOf(one)}`
      throw new TypeError(`${owner}: provide[${index}] is ${what}. Give db.with(value), with const db = key('db').`)
    }
    if (values.has(pair.key))
      throw new TypeError(`${owner}: provide has two values for the key ${pair.key.name}. Give one.`)
    values.set(pair.key, pair.value)
  }
  return values
}

/** Sets the values of the run of this actor, or of each run of this machine. */
export const setProvidedValues = (holder: object, values: ProvidedValues): void =>
  void registry.values.set(holder, values)

/** Creates an actor that has these values from its first state on. */
export function createWithValues<T extends AnyActorRef>(values: ProvidedValues | undefined, make: () => T): T {
  const before = registry.pending
  registry.pending = values
  try {
    const actor = make()
    if (values) setProvidedValues(actor, values)
    return actor
  } finally {
    registry.pending = before
  }
}

export const providedValuesOf = (holder: object): ProvidedValues | undefined => registry.values.get(holder)

/** Copies the values of a machine to one that is derived from it. */
export function copyProvidedValues<T extends object>(from: object, made: T): T {
  const values = providedValuesOf(from)
  if (values) setProvidedValues(made, values)
  return made
}

/** All values that an actor can read: those of the machines and runs around it, the innermost first. */
export function* providedValuesAround(self: AnyActorRef): Generator<ProvidedValues> {
  for (let actor: AnyActorRef | undefined = self; actor; actor = parentOf(actor)) {
    const isNew = parentOf(actor) === undefined && !registry.values.has(actor)
    const values = [
      isNew ? registry.pending : providedValuesOf(actor),
      providedValuesOf(Object((actor as { logic?: unknown }).logic) as object),
    ]
    for (const each of values) if (each) yield each
  }
}

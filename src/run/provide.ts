import type { AnyActorLogic } from 'xstate'
import { type ProvidedValues, providedValues, providedValuesOf, setProvidedValues } from '../border/provided-values.ts'
import { RESUME } from '../border/restore.ts'
import { formatValue } from '../border/format-value.ts'
import type { Provided } from '../types.ts'

/**
 * The same machine, whose runs have these values for `ctx.get(key)`: for `createActor`, for `invoke` and `spawn` in an
 * XState app, and for `actor({ logic })`. It may also be a machine of the app, in which machines of tinyllm run. No
 * value is saved, so a restored run is given them again. For the functions in it they win over those of the run around
 * it, and over earlier ones of the same machine. Make it once, and not in each render. Throws a `TypeError` on what is
 * not actor logic, and on a list that does not hold values for keys.
 *
 * @example
 * const machine = provided(pipeline.machine, [db.with(pool)])
 * const actor = createActor(machine, { snapshot, input }).start()
 * const app = setup({ actors: { pipeline: machine } }).createMachine({ invoke: { src: 'pipeline', input } })
 */
export function provided<L extends AnyActorLogic>(machine: L, values: readonly Provided[]): L {
  if (typeof (Object(machine) as Partial<L>).transition !== 'function') {
    throw new TypeError(
      `provided takes a machine, and was given ${formatValue(machine)}. Give the machine of a function: provided(pipeline.machine, [db.with(value)]).`,
    )
  }
  return withValues(machine, new Map([...(providedValuesOf(machine) ?? []), ...providedValues('provided', values)]))
}

type Machine = AnyActorLogic & { provide(implementations: object): Machine }

function withValues<L extends AnyActorLogic>(logic: L, values: ProvidedValues): L {
  const copy = isMachine(logic) ? logic.provide({}) : clone(logic)
  setProvidedValues(copy, values)
  // A machine derived with `provide` keeps the values; a machine of tinyllm does that itself.
  if (isMachine(logic) && !(RESUME in copy))
    Object.assign(copy, { provide: (implementations: object) => withValues(logic.provide(implementations), values) })
  return copy as L
}

const isMachine = (logic: AnyActorLogic): logic is Machine => typeof (logic as Partial<Machine>).provide === 'function'

const clone = <L extends object>(logic: L): L =>
  Object.create(Object.getPrototypeOf(logic) as object, Object.getOwnPropertyDescriptors(logic)) as L

import type { AnyActorLogic, EventFromLogic, InputFrom, OutputFrom, SnapshotFrom } from 'xstate'
import { lifecycle } from '../compile/lifecycle.ts'
import type { Node } from '../compile/scope.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import type {
  CancelEvent,
  Described,
  Fn,
  PipelineContext,
  Policy,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { formatValue } from '../border/format-value.ts'

/**
 * Any XState actor logic as a function, including a machine: it receives the plain input, and its output is the output.
 * Exiting the state stops it. Throws a `TypeError` if `logic` is not actor logic.
 *
 * @example
 * const approval = actor({ name: 'approval', logic: approvalMachine })
 */
export function actor<
  const N extends string,
  L extends AnyActorLogic,
  SI extends StandardSchema<unknown, InputFrom<L>> = never,
  SO extends StandardSchema = never,
  D extends string = never,
>(
  config: Policy & { name: N; description?: D | undefined; logic: L; input?: SI | undefined; output?: SO | undefined },
): Fn<
  [SI] extends [never] ? InputFrom<L> : SchemaInput<SI>,
  [SO] extends [never] ? OutputFrom<L> : SchemaOutput<SO>,
  N,
  CancelEvent | MachineEvents<L>
> &
  Described<D, SI, SchemaOutput<SI>> {
  checkFactory('actor', config, ['logic', 'input', 'output'])
  return define(nodeOf(config as unknown as ActorConfig)) as never
}

/** The outside events of a tinyllm machine inside; those of other logic are unknown. */
type MachineEvents<L extends AnyActorLogic> =
  SnapshotFrom<L> extends { context: PipelineContext } ? Extract<EventFromLogic<L>, { type: string }> : never

type ActorConfig = Policy & { name: string; logic: AnyActorLogic; input?: StandardSchema; output?: StandardSchema }

function nodeOf({ name, logic, input, output, ...policy }: ActorConfig): Node {
  const owner = `actor ${String(name)}`
  if (typeof (logic as Partial<AnyActorLogic> | undefined)?.transition !== 'function') {
    throw new TypeError(
      `${owner} has no actor logic: logic is ${formatValue(logic)}. Give it logic: a machine, fromPromise(…) or another logic of XState.`,
    )
  }
  return {
    kind: 'actor',
    name,
    names: [name, ...machineNames(logic)],
    policy,
    input,
    output,
    facts: { logic },
    compile: (scope) => lifecycle(scope, { leaf: true, running: (life) => ({ invoke: life.actor(logic) }) }),
  }
}

/** The id of a machine as a name; XState's placeholder for a machine without an id is not one. */
function machineNames(logic: AnyActorLogic): readonly string[] {
  const { id } = logic as { id?: unknown }
  return typeof id === 'string' && id !== '' && id !== '(machine)' ? [id] : []
}

import { type AnyStateNode, StateMachine } from 'xstate'
import type { CONTEXT_CODEC, ContextCodec } from '../border/restore.ts'
import type { OUTSIDE, Outside } from '../border/external-events/machines.ts'
import type { FnMachine, PipelineContext } from '../types.ts'
import { type Plan, planOf, type StateConfig } from './plan.ts'
import { NotUnderstood } from './understood.ts'

export type Config = StateConfig & {
  id: string
  version: string
  context(args: object): PipelineContext
  [CONTEXT_CODEC]?: ContextCodec
  [OUTSIDE]?: Outside
}

// StateMachine's own parameters say nothing about charts that are built at run time.
export const Base = StateMachine as unknown as new (
  config: object,
  implementations: object,
) => FnMachine<unknown, unknown>

type ChartOptions = { isStock?: boolean; problem?: string }

/** What is computed from a chart once, for all machines that differ only in their implementations. */
export class Chart {
  readonly config: Config
  /** The plan that runs execute; without one they run on XState's own interpreter. */
  readonly plan: Plan | undefined
  /** The structure that saved runs are checked against, on either interpreter. */
  readonly structure: Plan | undefined
  /** Which part of the chart the plan does not support. */
  readonly problem: string | undefined
  #machine: Nodes | undefined
  #stateNodes: readonly AnyStateNode[] | undefined

  /** What is made of it, or has it in any part, runs on XState's public API alone. */
  readonly isStock: boolean

  constructor(config: Config, structure: Plan | undefined, { isStock = false, problem }: ChartOptions = {}) {
    this.config = config
    this.structure = structure
    this.plan = isStock ? undefined : structure
    this.problem = problem
    this.isStock = isStock
  }

  static of(config: Config): Chart {
    const plan = planOf(config.id, config)
    return plan instanceof NotUnderstood
      ? new Chart(config, undefined, { problem: plan.message })
      : new Chart(config, plan)
  }

  /** `problem`: the warning that is still to be logged for a machine without a plan. */
  asStock(problem?: string): Chart {
    return new Chart(this.config, this.structure, { isStock: true, ...(problem !== undefined && { problem }) })
  }

  /** XState's own nodes: only inspectors, pictures and its own interpreter ask for them. */
  get machine(): Nodes {
    return (this.#machine ??= new Base(this.config, {}) as unknown as Nodes)
  }

  get stateNodes(): readonly AnyStateNode[] {
    return (this.#stateNodes ??= [...this.machine.idMap.values()])
  }
}
type Nodes = { root: AnyStateNode; states: object; events: string[]; idMap: ReadonlyMap<string, AnyStateNode> }

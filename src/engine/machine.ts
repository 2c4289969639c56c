import { type AnyActorScope, type AnyMachineSnapshot, type Snapshot, StateMachine } from 'xstate'
import { PipelineError, toData, toError } from '../errors.ts'
import type { ErrorData, Frame, FnMachine, PersistedSnapshot, PipelineContext } from '../types.ts'
import { checkData } from './check-data.ts'

type Config = { id: string; version: string; context(args: object): PipelineContext; [key: string]: unknown }
type Implementations = { [kind in 'actors' | 'actions' | 'guards' | 'delays']?: Record<string, unknown> }

// StateMachine's own parameters say nothing about charts that are built at run time.
const Base = StateMachine as unknown as new (config: object, implementations: object) => FnMachine<unknown, unknown>

/** XState's own state machine, whose snapshots are checked to be data, carry the chart's version, and bring errors back. */
export class PipelineMachine extends Base {
  readonly #config: Config
  readonly #implementations: Implementations

  constructor(config: object, implementations: Implementations) {
    super(config, implementations)
    this.#config = config as Config
    this.#implementations = implementations
  }

  /** The same machine with other actors, actions or guards, by name. */
  override provide(implementations: Implementations): PipelineMachine {
    const merged: Implementations = { ...this.#implementations }
    for (const kind of ['actors', 'actions', 'guards', 'delays'] as const) {
      merged[kind] = { ...this.#implementations[kind], ...implementations[kind] }
    }
    return new PipelineMachine(this.#config, merged)
  }

  /** While it is false, somebody only asks what could happen. */
  #acting = false

  override transition(...args: Parameters<FnMachine<unknown, unknown>['transition']>): never {
    this.#acting = true
    try {
      return super.transition(...args) as never
    } finally {
      this.#acting = false
    }
  }

  /** `snapshot.can` asks here as well: that an event would be refused is no transition to it. */
  override getTransitionData(...args: Parameters<FnMachine<unknown, unknown>['getTransitionData']>) {
    const found = super.getTransitionData(...args)
    return this.#acting
      ? found
      : found.filter(({ meta }) => (meta as { refusal?: boolean } | undefined)?.refusal !== true)
  }

  /** The run as JSON data; throws, with the place, on what JSON cannot hold. */
  override getPersistedSnapshot(
    snapshot: AnyMachineSnapshot,
    options?: unknown,
  ): Snapshot<unknown> & PersistedSnapshot {
    checkData(snapshot.context)
    const persisted = super.getPersistedSnapshot(snapshot as never, options)
    const error: unknown = persisted.error instanceof PipelineError ? persisted.error.toJSON() : persisted.error
    return { ...persisted, error, version: this.#config.version } as Snapshot<unknown> & PersistedSnapshot
  }

  /** A snapshot of another version becomes a run that has failed with `snapshot_mismatch`. */
  override restoreSnapshot(snapshot: Snapshot<unknown>, scope: AnyActorScope): never {
    const { version } = snapshot as PersistedSnapshot
    const fits = version === this.#config.version
    const restored = super.restoreSnapshot(
      fits ? snapshot : this.#refused(version, scope),
      scope as never,
    ) as AnyMachineSnapshot
    if (isErrorData(restored.error)) restored.error = toError(restored.error)
    return restored as never
  }

  /** A throw in restoreSnapshot would leave an embedding machine waiting for ever; the `failed` state tells it. */
  #refused(version: unknown, { self }: AnyActorScope): Snapshot<unknown> {
    const { id } = this
    const wanted = this.#config.version
    const error = toData(
      new PipelineError({
        code: 'snapshot_mismatch',
        path: id,
        state: 'starting',
        message: `The snapshot is of version ${String(version)} and ${id} is of version ${wanted}: its states have changed. Finish the run on the old version, or start it anew.`,
      }),
    )
    const context = this.#config.context({ self, input: undefined })
    const root: Frame = { path: id, attempt: 1, input: undefined, error }
    const actor = `${id}#failed`
    return {
      status: 'active',
      value: 'failed',
      historyValue: {},
      context: { ...context, slots: [[root]] },
      children: { [actor]: { src: actor, snapshot: { status: 'active', input: error } } },
    } as unknown as Snapshot<unknown>
  }
}

const isErrorData = (error: unknown): error is ErrorData =>
  (error as Partial<ErrorData> | undefined)?.name === 'PipelineError'

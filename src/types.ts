import type {
  Actor,
  AnyActorRef,
  InspectionEvent,
  MetaObject,
  Observer,
  ParameterizedObject,
  ProvidedActor,
  StateMachine,
  StateSchema,
  StateValue,
} from 'xstate'
import type {
  FinishEvent,
  LifecycleState,
  ChatMessageEvent,
  ProgressEvent,
  ReasoningEvent,
  RefusedEvent,
  Emitted,
  TokenEvent,
  ApprovalRequestedEvent,
  ToolCallEvent,
  ToolResultEvent,
  UsageEvent,
  WaitingEvent,
} from './types/events.ts'
import type { ErrorData, Issue, PipelineError } from './types/errors.ts'
import type { JsonSchema } from './types/json.ts'
import type { Key, Provided } from './types/keys.ts'
import type { AssistantMessage, ChatMessage, Returned } from './types/messages.ts'
import type { MarkOf } from './types/tool-mark.ts'
import type { Usage } from './types/usage.ts'

export type * from './types/certain.ts'
export type * from './types/errors.ts'
export type * from './types/events.ts'
export type * from './types/json.ts'
export type * from './types/keys.ts'
export type * from './types/messages.ts'
export type * from './types/schemas.ts'
export type * from './types/tool-mark.ts'
export type * from './types/usage.ts'

/* ── the context of a machine ─────────────────────────────────────────────── */

/** An answer of a model that its schema rejected: the answer (if it is JSON data), and the issues. */
export type RefusedAnswer = { readonly said?: unknown; readonly issues: readonly Issue[] }

/** The state of one function in the context, while the function is active. */
export type Frame = {
  readonly path: string
  /** 1 for the first try. */
  readonly attempt: number
  readonly input: unknown
  /** The input before the `input` schema transformed it. */
  readonly given?: unknown
  /** The output before the `output` schema transformed it, for `processOutput`. */
  readonly gave?: unknown
  /** In a persisted snapshot: the input (or output) was not serializable, and is lost. */
  readonly unsaved?: boolean
  /** The value so far; the output once `complete`. */
  readonly value?: unknown
  readonly error?: ErrorData
  /** With `retry.feedback`: the rejected answers of earlier attempts. */
  readonly refused?: readonly RefusedAnswer[]
  /** `flow` only: the outputs of the steps so far, by name. */
  readonly outputs?: Readonly<Record<string, unknown>>
  /** The iteration of the loops and retries around it; part of the idempotency key. */
  readonly round?: string
  /** `branch` and `loop`: the transition to take. */
  readonly choice?: string
  /** `loop`: how many iterations are done. */
  readonly iteration?: number
  /** `fallback`: the errors of the children so far. */
  readonly errors?: readonly ErrorData[]
  /** `receive`: the types of the events that it waits for. */
  readonly waitsFor?: readonly string[]
  /** `agent`: the messages since it started. */
  readonly talk?: object
  /** `agent`: how many answers were requested again, whether one was empty, and whether this is the last turn. */
  readonly again?: number
  readonly wasEmpty?: boolean
  readonly isLast?: boolean
  /** `agent`: what `beforeTurn` returned for this turn. */
  readonly turnWith?: object
  /** A tool call: whether it needs approval, the decision, and whether it is queued. */
  readonly gate?: CallGate
  /** `agent`: its usage so far. */
  readonly usage?: Readonly<Usage>
  /** `agent`: the types of the events that it takes while it runs. */
  readonly hears?: readonly string[]
  /** `agent`: messages of the user while it ran, how many are in the conversation, and how often a turn was restarted. */
  readonly heard?: readonly unknown[]
  readonly told?: number
  readonly restarts?: number
  /** In the root's frame: by path, what a function keeps over all attempts and iterations (`agent`: its calls). */
  readonly memory?: Readonly<Record<string, unknown>>
}

/** A call of a tool by an agent: its id is unique in the agent's conversation, `turn` is that of the model. */
export type CallMark = { readonly id: string; readonly name: string; readonly turn: number }

/** What happens before a tool call runs. */
export type CallGate = {
  readonly asks?: boolean
  readonly approved?: boolean
  /** Approved with other arguments than the model wrote. */
  readonly changed?: boolean
  readonly queues?: boolean
}

/** The context of a compiled machine: plain JSON data. */
export type PipelineContext = {
  readonly runId: string
  /** In a tool call: the call. */
  readonly call?: CallMark
  /** Of an agent that is the whole run: its conversation so far, and how many turns its model had. */
  readonly messages?: readonly ChatMessage[]
  readonly turn?: number
  /** Frames by slot, in pages of 32 so that a wide parallel stays cheap; `meta.slot` of a state is its `[page, place]`. */
  readonly slots: readonly (readonly (Frame | null)[])[]
  readonly usage: Readonly<Usage>
}

/** Ends a run in `failed` with `aborted`, as `options.signal` does: `actor.send({ type: 'tinyllm.cancel' })`. */
export type CancelEvent = { type: 'tinyllm.cancel'; code?: 'aborted' | 'timeout'; message?: string; reason?: unknown }

/** The XState machine of a function: invoke it, spawn it, or hand it to `createActor`. */
export type FnMachine<I, O, Ev extends { type: string } = CancelEvent> = StateMachine<
  PipelineContext,
  Ev,
  Record<string, AnyActorRef | undefined>,
  ProvidedActor,
  ParameterizedObject,
  ParameterizedObject,
  string,
  StateValue,
  string,
  I,
  O,
  Emitted,
  MetaObject,
  StateSchema
>

/* ── running ─────────────────────────────────────────────────────────────── */

/** What a leaf's `run(input, ctx)` gets beside its input. */
export interface RunContext {
  /** Aborted when the state is left: on cancel, timeout, or the failure of a sibling region. */
  readonly signal: AbortSignal
  /** 1 for the first try. */
  readonly attempt: number
  readonly path: string
  /** The same on every attempt of this leaf, and after a restore: pass it to APIs that must not run twice. */
  readonly idempotencyKey: string
  /** In a tool of an agent, at any depth: the call that it runs for. */
  readonly call?: { readonly id: string; readonly name: string; readonly turn: number }
  /** Emits an event of the run: `token`, `usage` and `progress` as such, any other type as an `event`. */
  emit(event: { type: string; [key: string]: unknown }): void
  /** Writes to the run's logger; silent unless logging was asked for. */
  log(...args: unknown[]): void
  /**
   * Runs another function as a child of this one: its tokens, usage and states are events of this run, it ends with this
   * function, and the path of what goes wrong is below this one's: `PATH.NAME`, then `PATH.NAME[1]`, `PATH.NAME[2]` … for
   * each call in an attempt. It is in no chart and in no snapshot: a restored run begins this function again. Rejects with
   * the `PipelineError` of the child; with `run`, where that waits for an event from outside: make it a step.
   *
   * @example
   * const support = fn({ name: 'support', run: async (text: string, ctx) => (await ctx.run(classify, text)) === 'good' })
   */
  run<I, O>(fn: Fn<I, O>, input: NoInfer<I>): Promise<O>
  /**
   * The value that the run was given for a key: the option `provide`, or `provided(machine, […])` around it, the nearest
   * first. Throws a `PipelineError` (`run`) that names the key and this function where there is none; that is not tried
   * again. Throws a `TypeError` on what `key` did not make.
   *
   * @example
   * const orders = fn({ name: 'orders', run: (user: string, ctx) => ctx.get(db).ordersOf(user) })
   */
  get<T>(key: Key<T>): T
}

/** Anything with consola's level methods. */
export interface Logger {
  debug(...args: unknown[]): void
  info(...args: unknown[]): void
  warn(...args: unknown[]): void
  error(...args: unknown[]): void
}

/** Options of every kind of function. In all options `undefined` is the same as not passed. */
export interface Policy {
  /**
   * `attempts` counts tries in all; delays are in ms: `min(max, initial * factor ** (attempt - 1))`, halved at most by
   * `jitter`. Without a `max` a delay is never longer than a day, and `factor` (2) at most 100. What calls a model waits
   * `{ initial: 500, max: 30_000, jitter: true }` by default. An error with a `retryAfter` (ms) is given that
   * time instead, up to a minute; one that asks for more fails at once. `feedback`, for what asks a
   * model: an answer that `output` or the schema of a tool rejects is sent back to the model with the issues, before it
   * answers again.
   */
  retry?:
    | {
        attempts: number
        feedback?: boolean | undefined
        backoff?:
          | {
              initial: number
              factor?: number | undefined
              max?: number | undefined
              jitter?: boolean | undefined
            }
          | undefined
        when?: ((error: PipelineError) => boolean) | undefined
      }
    | undefined
  /**
   * In ms, up to 1,000 days: for one attempt (a number alone is that), or without any event from it (`idle`): a token,
   * reasoning or any other event counts, in a composite one of any leaf in it. Both are a failed attempt. Time in which
   * it waits (for a limit, for an event from outside) does not count as idle.
   */
  timeout?: number | { attempt?: number | undefined; idle?: number | undefined } | undefined
  /** Each attempt waits for its turn, in one queue with all functions that have the same limit. */
  limit?: Limit | undefined
  description?: string | undefined
  tags?: readonly string[] | undefined
  meta?: Readonly<Record<string, unknown>> | undefined
  /** Logs this function's transitions (and those below it) even when logging is off. */
  verbose?: boolean | undefined
}

/** How many at a time, and how many a minute; made by `limit`. */
export interface Limit {
  readonly key?: string
  readonly concurrency?: number
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  /** Enters the queue (time is that of the actor's clock) until `granted` is called; without `granted` it starts at once. */
  enter(actor: AnyActorRef, granted?: () => void): LimitTurn
}
/** A place in the queue, and then among the running; `leave` ends both. */
export type LimitTurn = { leave(): void; spend(usage: UsageEvent): void }

/** A persisted snapshot, as JSON. */
export type PersistedSnapshot = { readonly version?: string; readonly status: string; readonly [key: string]: unknown }

export interface RunOptions {
  /** Names the run; part of every idempotency key. A UUID by default. */
  id?: string | undefined
  /** Aborting it ends the run in `failed` with the code `aborted`, or `timeout` where its time ran out (`AbortSignal.timeout`). */
  signal?: AbortSignal | undefined
  /** In ms, for the whole run, up to 1,000 days. */
  timeout?: number | undefined
  /** Sees every XState inspection event of the run. */
  inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void) | undefined
  /** Logs this run, one line a transition; it takes precedence over `configure`. */
  logger?: Logger | undefined
  /** `stock` runs the same chart on XState's own interpreter. */
  engine?: 'fast' | 'stock' | undefined
  /**
   * What leaves need beside their input, one value for a key: `[db.with(pool)]`; they read it with `ctx.get(db)`. It
   * reaches items, tools and machines in it, and is never saved: see `provided` for a restored run.
   */
  provide?: readonly Provided[] | undefined
}

export type RunEvent<O = unknown> =
  | { type: 'state'; path: string; state: LifecycleState; attempt: number }
  | TokenEvent
  | ReasoningEvent
  | UsageEvent
  | FinishEvent
  | ProgressEvent
  | ChatMessageEvent
  | ToolCallEvent
  | ApprovalRequestedEvent
  | ToolResultEvent
  | WaitingEvent
  | RefusedEvent
  | { type: 'event'; path: string; event: { type: string; [key: string]: unknown } }
  | { type: 'output'; output: O }
  | { type: 'error'; error: PipelineError }

/** The result of a run, with its `usage` and `id`. */
export type SafeResult<O> = (
  | { success: true; output: O; error?: undefined }
  | { success: false; error: PipelineError; output?: undefined }
) & { usage: Usage; id: string }

/** One region of a `settled` parallel. */
export type Settled<O> =
  | { success: true; output: O; error?: undefined }
  | { success: false; error: ErrorData; output?: undefined }

/** The events of a run; `actor` is the run itself, to send it events: `stream.actor.send(event)`. */
export interface RunStream<I, O, Ev extends { type: string }> extends AsyncIterable<RunEvent<O>> {
  readonly actor: Actor<FnMachine<I, O, Ev>>
}

/* ── Fn ──────────────────────────────────────────────────────────────────── */

/** The type error of a replacement whose types differ from those of the function that it replaces. */
export interface ReplacementMismatch<Message extends string, Details> {
  readonly '~error': [Message, Details]
}
type Replacing<T, F> = [InputOf<T>] extends [InputOf<F>]
  ? [OutputOf<F>] extends [OutputOf<T>]
    ? unknown
    : ReplacementMismatch<'the replacement returns something else', { returned: OutputOf<F>; expected: OutputOf<T> }>
  : ReplacementMismatch<'the replacement takes a different input', { takes: InputOf<F>; expected: InputOf<T> }>
/** One parameter type, not three overloads: TypeScript explains only the last overload. */
type Replacement<T, F> = T extends string
  ? AnyFn | ((input: never, ctx: RunContext) => unknown)
  : ((input: InputOf<T>, ctx: RunContext) => OutputOf<T> | Promise<OutputOf<T>>) | (F & Replacing<T, F>)

/**
 * A function of a pipeline: typed, immutable, and one XState machine. `I` is what a caller passes (a schema's
 * input type), `O` what comes out, `Ev` the events that its machine takes.
 */
// `Ev` is invariant in XState, so "any events" can only be written as `any`.
export interface Fn<
  in I,
  out O,
  out Name extends string = string,
  in out Ev extends { type: string } = any, // oxlint-disable-line typescript/no-explicit-any
> {
  readonly name: Name
  readonly kind: string
  /** The compiled XState machine; built on first use and kept. */
  readonly machine: FnMachine<I, O, Ev>
  /** Runs it to the end; rejects with a `PipelineError`. */
  run(input: I, options?: RunOptions): Promise<O>
  /** Runs it to the end; a failure is a result. It rejects only on a mistake in how it is called, with a `TypeError`. */
  safeRun(input: I, options?: RunOptions): Promise<SafeResult<O>>
  /**
   * Runs it event by event; the last one is `output` or `error`. It begins at once. Leaving the loop, or `return()` of
   * its iterator, stops the run at once. While more than 1,024 events wait to be read, tokens of one function that
   * follow each other are joined; nothing is left out. Its `actor` takes events from outside and can be saved.
   */
  stream(input: I, options?: RunOptions): RunStream<I, O, Ev>
  /** A started XState actor, the options applied. */
  start(input: I, options?: RunOptions): Actor<FnMachine<I, O, Ev>>
  /** The same pipeline with one function replaced, by object or by path; a leaf may be given as a plain function. */
  override<T extends AnyFn | string, F extends AnyFn = never>(
    target: T,
    implementation: Replacement<T, F>,
  ): Fn<I, O, Name, Ev> & MarkOf<this>
  /** The same function under another name, to use it twice among siblings. */
  as<const N extends string>(name: N): Fn<I, O, N, Ev> & MarkOf<this>
}

// oxlint-disable-next-line typescript/no-explicit-any -- the top type of an interface with in and out parameters
export type AnyFn = Fn<any, any, string, any>
/** What a composite takes as a child: a tinyllm function or a plain one. */
export type Child = AnyFn | ((input: never, ctx: RunContext) => Returned | Promise<Returned>) | Unchecked
/** Without `strictNullChecks`, what returns `unknown` fits no bound but this. */
type Unchecked = null extends string
  ? { call(this: (input: never, ctx: RunContext) => unknown, ...args: never): unknown }
  : never

export type InputOf<F> = F extends { run(input: infer I, ...rest: never): unknown }
  ? I
  : F extends (input: infer I, ...rest: never) => unknown
    ? I
    : never
export type OutputOf<F> = F extends { run(...args: never): Promise<infer O> }
  ? O
  : F extends (...args: never) => infer R
    ? Awaited<R>
    : never
export type NameOf<F> = F extends { readonly name: infer N extends string } ? N : string
/** The events that the machine of `F` takes. */
export type EventsOf<F> = F extends Fn<never, unknown, string, infer Ev> ? Ev : never

/* ── models ──────────────────────────────────────────────────────────────── */

/** A tool as a model sees it: `parameters` is the JSON Schema of its arguments. */
export type ToolSpec = { name: string; description: string; parameters: Record<string, unknown> }
/** Whether a model may, must or must not call tools, or which one it must call. */
export type ToolChoice = 'auto' | 'none' | 'required' | { type: 'tool'; toolName: string }
/** One turn: the messages, the tools, the JSON Schema of the answer, and settings for this turn alone. */
export type ModelRequest = {
  messages: ChatMessage[]
  tools?: readonly ToolSpec[]
  toolChoice?: ToolChoice
  schema?: JsonSchema
  settings?: Readonly<Record<string, unknown>>
}
/**
 * One turn of a model that may ask for tools; tokens and usage are emitted through `ctx`. What calls a model
 * (`openAIChat`, `llmCall`) has one as `ask`.
 */
export type ChatModel = (request: ModelRequest, ctx: RunContext) => Promise<AssistantMessage>

/** Your own model: messages in, text (or anything else) out; `request` has them too, and tools and the schema of the answer. */
export type Model<O = string> = (messages: ChatMessage[], ctx: RunContext, request: ModelRequest) => O | Promise<O>

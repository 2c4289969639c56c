import type {
  AnyFn,
  ChatMessage,
  ErrorData,
  Fn,
  ModelAnswer,
  ModelRequest,
  NameOf,
  OutputOf,
  ParsedOf,
  PipelineError,
  PromptMessage,
  RunContext,
  ToolChoice,
  Usage,
} from '../../types.ts'

/** A list of tools; `Offered` reports its faults. */
type List = readonly unknown[]

/** A model of your own: one turn, as a text or a message. */
export type AgentModel = (request: ModelRequest, ctx: RunContext) => ModelAnswer | Promise<ModelAnswer>

type CallOf<F> = F extends unknown
  ? { readonly id: string; readonly name: NameOf<F>; readonly input: ParsedOf<F> }
  : never
/** The tools of a list; of an empty one any function, since a callback may be written for every agent. */
type ToolsIn<T extends List> = [T[number]] extends [never] ? AnyFn : T[number]

/**
 * A call of a tool of the list `T`, its arguments parsed: `call.name === 'pay'` narrows `call.input`. Without a list, or
 * with one of unknown length such as a server's, the name is a string and the input unknown.
 */
export type AgentCall<T extends List = readonly AnyFn[]> = CallOf<ToolsIn<T>>

/** The outcome of a call: with its output, or with the error if there is one. */
type Ending<O> =
  | { readonly status: 'complete'; readonly output: O; readonly error?: undefined }
  | { readonly status: 'rejected' | 'failed'; readonly output?: undefined; readonly error?: ErrorData }
type RoundCallOf<F> = F extends unknown ? CallOf<F> & Ending<OutputOf<F>> : never

/**
 * A call that has ended: its tool succeeded (`complete`), a person rejected it (`rejected`), or it failed (`failed`). The
 * `input` of a call whose arguments do not fit is what the model wrote.
 */
export type RoundCall<T extends List = readonly AnyFn[]> = RoundCallOf<ToolsIn<T>>

/** The state of an agent between two turns of its model. */
export interface AgentRound<T extends List = readonly AnyFn[], I = unknown> {
  /** The number of turns that the model had. */
  readonly turn: number
  /** The conversation so far; after a round of tools their results are its last messages. */
  readonly messages: readonly ChatMessage[]
  /** The calls of the last turn, in the order in which the model wrote them. */
  readonly calls: readonly RoundCall<T>[]
  /** What the run has used so far. */
  readonly usage: Readonly<Usage>
  /** The agent's input, as parsed by its schema. */
  readonly input: I
  /** Returns the value that the run provides for a key, as `ctx.get` does in a leaf. */
  readonly get: RunContext['get']
}

/** The names of the tools of a list. */
export type ToolNames<T extends List> = NameOf<T[number]>

/** Whether the model may, must or must not call tools, or which one it must call. */
type ChoiceOf<T extends List> = Exclude<ToolChoice, object> | { readonly type: 'tool'; readonly toolName: ToolNames<T> }

/** The result of `beforeTurn`: `messages` replace the conversation permanently, all else applies to this turn alone. */
export type TurnChange<T extends List = readonly AnyFn[]> = {
  /** Replaces the conversation: messages that are left out are dropped. */
  readonly messages?: readonly PromptMessage[] | undefined
  /** The names of the tools in the request of this turn. */
  readonly tools?: readonly ToolNames<T>[] | undefined
  readonly toolChoice?: ChoiceOf<T> | undefined
  readonly model?: AnyFn | AgentModel | undefined
  readonly instructions?: string | undefined
  /** Ends the agent with this output, which is validated by `output`; the model is not called. */
  readonly stop?: { readonly output: unknown } | undefined
}
type Changed<T extends List> = TurnChange<T> | void | undefined

/** A function that is called before each turn of the model: a plain one, or a tinyllm function with retry and timeout. */
export type BeforeTurn<T extends List = readonly AnyFn[], I = unknown> =
  | ((round: AgentRound<T, I>, ctx: RunContext) => Changed<T> | Promise<Changed<T>>)
  | Fn<AgentRound<T, I>, Changed<T>>

/**
 * Which calls wait for a person: `true` for all, the names of tools, for each tool `true` or a predicate of its parsed
 * input, or a predicate of the call. If a predicate throws, the call waits for approval.
 */
export type Approve<T extends List = readonly AnyFn[]> =
  | true
  | readonly ToolNames<T>[]
  | ApproveByTool<T>
  | ((call: AgentCall<T>) => boolean)
// By name, without another type parameter a key: the parameters of inline functions could not be inferred from it.
type ApproveByTool<T extends List> = {
  readonly [N in ToolNames<T>]?:
    | boolean
    | ((input: ParsedAs<T[number], N>, call: CallAs<T[number], N>) => boolean)
    | undefined
}
type ParsedAs<F, N> = F extends unknown ? (N extends NameOf<F> ? ParsedOf<F> : never) : never
type CallAs<F, N> = { readonly id: string; readonly name: N; readonly input: ParsedAs<F, N> }

/**
 * How the error of a tool is handled: it is sent to the model (`'tell'`), the agent fails with it (`'fail'`), or a
 * function returns either, or another text for the model.
 */
export type ToolErrors<T extends List = readonly AnyFn[]> =
  | 'tell'
  | 'fail'
  | ((error: PipelineError, call: AgentCall<T>) => string)

/** The outputs of the tools with these names; a tool whose name is not known may be one of them. */
export type OutputOfTools<T extends List, Names> = OutputNamed<T[number], Names>
type OutputNamed<F, Names> = F extends unknown
  ? string extends NameOf<F>
    ? OutputOf<F>
    : NameOf<F> extends Names
      ? OutputOf<F>
      : never
  : never

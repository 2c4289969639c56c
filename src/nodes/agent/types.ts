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

/** What a list of tools may hold; faults in it are told of by `Offered`. */
type List = readonly unknown[]

/** A model of your own: one turn, as a text or a message. */
export type AgentModel = (request: ModelRequest, ctx: RunContext) => ModelAnswer | Promise<ModelAnswer>

type CallOf<F> = F extends unknown
  ? { readonly id: string; readonly name: NameOf<F>; readonly input: ParsedOf<F> }
  : never
/** The tools of a list; of an empty one nothing is known, since a function may be written for every agent. */
type ToolsIn<T extends List> = [T[number]] extends [never] ? AnyFn : T[number]

/**
 * A call of a tool of the list `T`, its arguments parsed: `call.name === 'pay'` narrows `call.input`. Without a list, or
 * with one of unknown length such as a server's, the name is a string and the input unknown.
 */
export type AgentCall<T extends List = readonly AnyFn[]> = CallOf<ToolsIn<T>>

/** What a call came to: with its output, or with the error where there is one. */
type Ending<O> =
  | { readonly status: 'complete'; readonly output: O; readonly error?: undefined }
  | { readonly status: 'rejected' | 'failed'; readonly output?: undefined; readonly error?: ErrorData }
type RoundCallOf<F> = F extends unknown ? CallOf<F> & Ending<OutputOf<F>> : never

/**
 * A call that has ended: its tool succeeded, a person (or `CANCEL_CALL`) said no, or it went wrong. The `input` of a call
 * whose arguments do not fit is what the model wrote.
 */
export type RoundCall<T extends List = readonly AnyFn[]> = RoundCallOf<ToolsIn<T>>

/** Where an agent stands between two turns of its model. */
export interface AgentRound<T extends List = readonly AnyFn[], I = unknown> {
  /** How many turns the model had. */
  readonly turn: number
  /** The conversation so far; after a round of tools their results are its last messages. */
  readonly messages: readonly ChatMessage[]
  /** The calls of the last turn, in the order in which the model wrote them. */
  readonly calls: readonly RoundCall<T>[]
  /** What the run has used so far. */
  readonly usage: Readonly<Usage>
  /** What the agent was given, as its input schema made it. */
  readonly input: I
  /** The value that the run was given for a key, as `ctx.get` in a leaf. */
  readonly get: RunContext['get']
}

/** The names of the tools of a list. */
export type ToolNames<T extends List> = NameOf<T[number]>

/** Whether the model may, must or must not ask for tools, or for which one it must. */
type ChoiceOf<T extends List> = Exclude<ToolChoice, object> | { readonly type: 'tool'; readonly toolName: ToolNames<T> }

/** What `beforeTurn` changes: `messages` for good, all else for this turn alone. */
export type TurnChange<T extends List = readonly AnyFn[]> = {
  /** Takes the place of the kept conversation: what is left out is forgotten. */
  readonly messages?: readonly PromptMessage[] | undefined
  /** The names of the tools that the model is told of. */
  readonly tools?: readonly ToolNames<T>[] | undefined
  readonly toolChoice?: ChoiceOf<T> | undefined
  readonly model?: AnyFn | AgentModel | undefined
  readonly instructions?: string | undefined
  /** Ends the agent with this output, which goes through `output`; the model is not asked. */
  readonly stop?: { readonly output: unknown } | undefined
}
type Changed<T extends List> = TurnChange<T> | void | undefined

/** What is asked before each turn of the model: a function of yours, or one of tinyllm with its retry and timeout. */
export type BeforeTurn<T extends List = readonly AnyFn[], I = unknown> =
  | ((round: AgentRound<T, I>, ctx: RunContext) => Changed<T> | Promise<Changed<T>>)
  | Fn<AgentRound<T, I>, Changed<T>>

/**
 * Which calls wait for a person: `true` for all, the names of tools, for each tool `true` or a predicate of its parsed
 * input, or a predicate of the call. One that throws asks.
 */
export type Approve<T extends List = readonly AnyFn[]> =
  | true
  | readonly ToolNames<T>[]
  | ApproveByTool<T>
  | ((call: AgentCall<T>) => boolean)
// By name, without another key for each: what a compiler does not know yet it could not give to a function in place.
type ApproveByTool<T extends List> = {
  readonly [N in ToolNames<T>]?:
    | boolean
    | ((input: ParsedAs<T[number], N>, call: CallAs<T[number], N>) => boolean)
    | undefined
}
type ParsedAs<F, N> = F extends unknown ? (N extends NameOf<F> ? ParsedOf<F> : never) : never
type CallAs<F, N> = { readonly id: string; readonly name: N; readonly input: ParsedAs<F, N> }

/**
 * What becomes of a tool's failure: it is told to the model (`'tell'`), the agent fails with it (`'fail'`), or the
 * function says which, or in which words the model is told.
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

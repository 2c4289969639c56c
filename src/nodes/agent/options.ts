import type { AnyFn, ChatMessage, Policy, SchemaOutput } from '../../types.ts'
import type { InferInto } from '../slot.ts'
import type { ListIn, Offered, ToolsOption } from './tools-option.ts'
import type { AgentModel, AgentRound, Approve, BeforeTurn, ToolErrors, ToolNames, TurnChange } from './types.ts'

/** The parsed input of an agent with the schema `SI`. */
type ParsedBy<SI> = [SI] extends [never] ? { messages: ChatMessage[] } : SchemaOutput<SI>

/** What `agent` takes; `L` is the list of its tools, however that comes. */
export type AgentOptions<
  N,
  T extends ToolsOption,
  SO,
  A,
  SI,
  TR,
  D,
  E,
  Unset,
  L extends readonly unknown[] = ListIn<NoInfer<T>>,
> = Policy & {
  name: N
  /** What the model of another agent is told of it, as a tool. */
  description?: D | undefined
  /** A function that calls a model (`openAIChat`, `llmCall`, a `fallback` of these), or a model of your own. */
  model: AnyFn | AgentModel
  /** The functions that the model may call, or what they are in each turn; `asTool` gives one another name or schema. */
  tools: Offered<T>
  /** Stands before the conversation as a system message; a function is asked before each turn. None by default. */
  instructions?: string | ((round: AgentRound<L, ParsedBy<NoInfer<SI>>>) => string) | undefined
  /** What it takes, as a function and as a tool, instead of a text or messages; what it makes is the conversation. */
  input?: SI | undefined
  /** What it returns instead of the text of the last answer. */
  output?: SO | undefined
  /** How often the model is told why its answer does not fit `output`, in the same conversation. 2 by default. */
  outputRetries?: number | undefined
  /** Whether it returns `{ output, messages }`: the conversation, which the next input begins with. False by default. */
  transcript?: TR | undefined
  /** How many turns the model may have. 10 by default. */
  maxTurns?: number | undefined
  /** After the last turn: fail with `max_iterations` (`'fail'`, by default), one more turn without tools (`'answer'`), or the output of the function. */
  onMaxTurns?: 'fail' | 'answer' | ((round: AgentRound<L, ParsedBy<NoInfer<SI>>>) => unknown) | undefined
  /** A tool, or tools, whose successful call ends the agent: its output is the agent's, in place of an answer. */
  endWith?: E | ToolNames<L> | readonly ToolNames<L>[] | undefined
  /** Asked after each round of tools: `true` ends it with what was said last, `{ output }` with that. */
  stopWhen?: ((round: AgentRound<L, ParsedBy<NoInfer<SI>>>) => boolean | { readonly output: unknown }) | undefined
  /** Asked before each turn: it may replace the conversation, choose tools, model and instructions of the turn, or stop. */
  beforeTurn?: BeforeTurn<L, ParsedBy<NoInfer<SI>>> | undefined
  /** Which calls wait for a person's `APPROVE` or `REJECT`. None by default. */
  approve?: (Approve<L> & InferInto<A, Unset>) | undefined
  /** In ms: after that a call that waits for approval is rejected. No limit by default. */
  approvalTimeout?: number | undefined
  /** What becomes of a tool's failure. `'tell'` by default: the model reads it. */
  toolErrors?: ToolErrors<L> | undefined
  /** How many calls run at a time. 8 by default; 1 runs them in the order in which the model wrote them. */
  concurrency?: number | undefined
  /** In characters: a longer result of a tool is cut, with a note to the model. 100,000 by default. */
  maxResultLength?: number | undefined
  /** Whether the model may, must or must not call tools, or which one. `'required'` holds until one was called. */
  toolChoice?: TurnChange<L>['toolChoice']
}

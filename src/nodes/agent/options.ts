import type { AnyFn, ChatMessage, Policy, SchemaOutput } from '../../types.ts'
import type { InferInto } from '../slot.ts'
import type { ListIn, Offered, ToolsOption } from './tools-option.ts'
import type { AgentModel, AgentRound, Approve, BeforeTurn, ToolErrors, ToolNames, TurnChange } from './types.ts'

/** The parsed input of an agent with the schema `SI`. */
type ParsedBy<SI> = [SI] extends [never] ? { messages: ChatMessage[] } : SchemaOutput<SI>

/** The options of `agent`; `L` is the type of the list of its tools. */
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
  /** The description of this agent as a tool of another agent. */
  description?: D | undefined
  /** A function that calls a model (`openAIChat`, `llmCall`, a `fallback` of these), or a model of your own. */
  model: AnyFn | AgentModel
  /** The functions that the model may call, or a function that returns them for each turn; `asTool` changes name or schema. */
  tools: Offered<T>
  /** The system message before the conversation; a function is called before each turn. None by default. */
  instructions?: string | ((round: AgentRound<L, ParsedBy<NoInfer<SI>>>) => string) | undefined
  /** The schema of the input, instead of a text or messages; its output is the conversation. */
  input?: SI | undefined
  /** The schema of the answer; its output is returned instead of the text of the last answer. */
  output?: SO | undefined
  /** How often an answer that does not fit `output` is sent back to the model with its issues. 2 by default. */
  outputRetries?: number | undefined
  /** Whether it returns `{ output, messages }`, with the conversation for the next input. False by default. */
  transcript?: TR | undefined
  /** The maximum number of turns of the model. 10 by default. */
  maxTurns?: number | undefined
  /** After the last turn: fail with `max_iterations` (`'fail'`, by default), one more turn without tools (`'answer'`), or the output of the function. */
  onMaxTurns?: 'fail' | 'answer' | ((round: AgentRound<L, ParsedBy<NoInfer<SI>>>) => unknown) | undefined
  /** A tool, or tools, whose successful call ends the agent: its output is the agent's output. */
  endWith?: E | ToolNames<L> | readonly ToolNames<L>[] | undefined
  /** Called after each round of tools: `true` ends the agent with the text of the last message, `{ output }` with that output. */
  stopWhen?: ((round: AgentRound<L, ParsedBy<NoInfer<SI>>>) => boolean | { readonly output: unknown }) | undefined
  /** Called before each turn: it may replace the conversation, choose tools, model and instructions of the turn, or stop. */
  beforeTurn?: BeforeTurn<L, ParsedBy<NoInfer<SI>>> | undefined
  /** Which calls wait for a person's `APPROVE` or `REJECT`. None by default. */
  approve?: (Approve<L> & InferInto<A, Unset>) | undefined
  /** In ms: a call that waits longer for approval is rejected. No limit by default. */
  approvalTimeout?: number | undefined
  /** How the error of a tool is handled. `'tell'` by default: it is sent to the model. */
  toolErrors?: ToolErrors<L> | undefined
  /** How many calls run at a time. 8 by default; 1 runs them in the order in which the model wrote them. */
  concurrency?: number | undefined
  /** In characters: a longer result of a tool is truncated, with a note for the model. 100,000 by default. */
  maxResultLength?: number | undefined
  /** Whether the model may, must or must not call tools, or which one. `'required'` applies until one was called. */
  toolChoice?: TurnChange<L>['toolChoice']
}

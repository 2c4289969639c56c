import { lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import { attempt } from '../border/shape.ts'
import { checkNumber, COUNT, said } from '../border/ranges.ts'
import { answerForm, readBy, untold } from '../models/schema/answer-form.ts'
import { type Prompt, promptSchema } from '../models/prompt.ts'
import type {
  AnyFn,
  AskingMark,
  CancelEvent,
  Described,
  EventsOf,
  Fn,
  Policy,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { act } from './agent/act.ts'
import { opening } from './agent/answer.ts'
import { approve, type ApprovalEvent, asking, type Asks } from './agent/approve.ts'
import { readingCalls } from './agent/calls.ts'
import { conversing, transcribed, type Transcript } from './agent/conversation.ts'
import { type AgentRound, cycle, type Parts } from './agent/cycle.ts'
import type { AgentEvent } from './agent/hearing.ts'
import type { ListIn, Tools } from './agent/offered.ts'
import type { AgentOptions } from './agent/options.ts'
import { tell } from './agent/results.ts'
import { takesSchema, think } from './agent/think.ts'
import { toolsOf } from './agent/tools.ts'
import type { OutputOfTools, ToolNames } from './agent/types.ts'
import { waysOf } from './agent/ways.ts'
import { leaf } from './function.ts'

/** A name, or the names of a list. */
type NamesIn<E> = E extends readonly (infer Name)[] ? Name : E
/** A tool that was dressed to ask brings the events of approval. */
type AskedBy<F> = F extends unknown
  ? '~tool' extends keyof F
    ? F extends AskingMark<unknown>
      ? ApprovalEvent
      : never
    : never
  : never
type Returned<TR extends boolean, O> = TR extends true ? Transcript<O> : O

/**
 * A model with tools: it thinks, its calls of tools run at the same time, it reads their results and thinks again,
 * until it answers in words. States: `think → act → observe → think`, and `approve` before `act` where a person is
 * asked; `act` has a region for each tool, with an actor for each call.
 *
 * A tool is any function with an `input` schema and a `description`; an agent with a `description` is one as it stands.
 * What goes wrong with a tool goes to the model as the tool's answer; what goes wrong with the model is the agent's
 * failure.
 *
 * Takes a text or `{ messages }`, or what `input` takes: what that makes is the conversation (a text, a message,
 * messages, `{ messages }`; of anything else the JSON is the user's text). Returns the final text, or what `output` makes
 * of it. With `transcript: true` it returns `{ output, messages }`, and the next turn is
 * `run([...messages, { role: 'user', content }])`: `messages` has the calls of tools with their results and the answer,
 * and not the `instructions`, which are asked again each time. An agent whose tool it is reads `output` alone.
 *
 * `maxTurns` (10) counts turns of the model: after the last one it fails with `max_iterations`. `approve` says which
 * calls wait for a person: `true` for all, the names of tools, or `(call) => boolean`. They ask one after the other, and
 * are answered by `APPROVE` (also with other `arguments`) or `REJECT` from outside; a call whose arguments its tool rejects
 * asks no one. The id of a call is unique in all turns, whatever the model's server sends, and one word is for one call: a
 * second one is rejected. A tool that waits is answered as any function that does. While the agent runs, it takes
 * `MESSAGE` and `CANCEL_CALL`. `stopWhen` ends it after a round of tools, with what was said last.
 * Events: `toolCall`, `toolResult`, `approvalRequested`, and the model's own.
 *
 * @example
 * const assistant = agent({
 *   name: 'assistant',
 *   model: openAIChat({ name: 'chat', model: 'gpt-4o-mini' }),
 *   tools: [fn({ name: 'weather', description: 'Tells the weather of a city.', input: z.object({ city: z.string() }), run })],
 *   maxTurns: 5,
 * })
 * await assistant.run('Do I need an umbrella in Oslo?')
 */
export function agent<
  const N extends string,
  const T extends Tools,
  SO extends StandardSchema = never,
  A = never,
  SI extends StandardSchema = never,
  TR extends boolean = false,
  D extends string = never,
  const E extends ToolNames<ListIn<T>> | readonly ToolNames<ListIn<T>>[] | undefined = never,
  Unset = never,
>(
  config: AgentOptions<N, T, SO, A, SI, TR, D, E, Unset>,
): Fn<
  [SI] extends [never] ? Prompt : SchemaInput<SI>,
  Returned<
    TR,
    [E] extends [undefined] ? ([SO] extends [never] ? string : SchemaOutput<SO>) : OutputOfTools<ListIn<T>, NamesIn<E>>
  >,
  N,
  | CancelEvent
  | AgentEvent
  | EventsOf<ListIn<T>[number]>
  | ([A] extends [undefined] ? AskedBy<ListIn<T>[number]> : ApprovalEvent)
> &
  Described<D, Prompt, [SI] extends [never] ? string : SchemaOutput<SI>> {
  checkFactory('agent', config, OPTIONS)
  const {
    name,
    model,
    tools: given,
    maxTurns = 10,
    instructions,
    input,
    output,
    transcript = false,
    stopWhen,
    approve: asks,
    outputRetries: _retries,
    onMaxTurns: _onMaxTurns,
    endWith: _endWith,
    beforeTurn: _beforeTurn,
    approvalTimeout: _approvalTimeout,
    toolErrors: _toolErrors,
    concurrency: _concurrency,
    maxResultLength: _maxResultLength,
    toolChoice: _toolChoice,
    ...policy
  } = config as unknown as AgentConfig
  const owner = `agent ${String(name)}`
  checkNumber(owner, 'maxTurns', maxTurns, COUNT)
  if (stopWhen !== undefined && typeof stopWhen !== 'function') {
    throw new TypeError(`${owner}: stopWhen is not a function. Give ({ messages, calls, turn }) => boolean.`)
  }
  if (instructions !== undefined && typeof instructions !== 'string') {
    throw new TypeError(`${owner}: instructions are ${said(instructions)}. Give a string.`)
  }
  if (typeof transcript !== 'boolean') {
    throw new TypeError(
      `${owner}: transcript is ${said(transcript)}. Give true to get { output, messages }, or leave it out.`,
    )
  }
  if (given !== undefined && !Array.isArray(given))
    throw new TypeError(`${owner}: tools are ${said(given)}. Give an array.`)
  const tools = toolsOf(owner, given)
  const list = [...tools.values()]
  const specs = list.map(({ spec }) => spec)
  // What is no schema is left to the check of the node, which says so.
  const schema = attempt(() => output?.['~standard']) ? output : undefined
  const form =
    schema && (takesSchema(model) ? answerForm(owner, schema, { scalars: 'wrapped' }) : untold(owner, schema))
  const readCalls = readingCalls(tools, asking(owner, asks, tools))
  const asked = { ...(specs.length > 0 && { tools: specs }), ...(form?.jsonSchema && { schema: form.jsonSchema }) }
  const parts: Parts = {
    think: { key: 'think', fn: think(owner, model, asked) },
    approve: asks !== undefined ? { key: 'approve', fn: approve(tools, readCalls) } : undefined,
    act: list.length > 0 ? { key: 'act', fn: act(list) } : undefined,
    observe: { key: 'observe', fn: define(leaf('function', { name: 'observe', run: tell })) },
    tools,
    wrapper: form?.wrapper,
    start: opening(instructions, takesSchema(model) ? undefined : form?.jsonSchema),
    maxTurns,
    transcript,
    readCalls,
    stopWhen,
  }
  const read = form && schema && readBy(form, schema, false)
  return define({
    kind: 'agent',
    name,
    policy,
    takesFeedback: true,
    input: input === undefined ? (promptSchema as StandardSchema) : isSchema(input) ? conversing(input) : input,
    output: read && transcript ? transcribed(read) : (read ?? output),
    children: [parts.think, parts.approve, parts.act, parts.observe].filter((child) => child !== undefined),
    facts: { ways: waysOf(parts), ...(transcript && { transcript }) },
    compile: (scope) => lifecycle(scope, { running: (life) => cycle(scope, life, parts) }),
  }) as never
}

const isSchema = (schema: unknown): boolean =>
  typeof attempt(() => (schema as StandardSchema)['~standard'].validate) === 'function'

const OPTIONS = [
  'model',
  'tools',
  'instructions',
  'input',
  'output',
  'outputRetries',
  'transcript',
  'maxTurns',
  'onMaxTurns',
  'endWith',
  'stopWhen',
  'beforeTurn',
  'approve',
  'approvalTimeout',
  'toolErrors',
  'concurrency',
  'maxResultLength',
  'toolChoice',
]
type AgentConfig = Policy & {
  name: string
  model: unknown
  tools: readonly AnyFn[]
  maxTurns?: number | undefined
  instructions?: string | undefined
  input?: StandardSchema | undefined
  output?: StandardSchema | undefined
  transcript?: boolean | undefined
  stopWhen?: ((round: AgentRound) => boolean) | undefined
  approve?: Asks | undefined
  outputRetries?: unknown
  onMaxTurns?: unknown
  endWith?: unknown
  beforeTurn?: unknown
  approvalTimeout?: unknown
  toolErrors?: unknown
  concurrency?: unknown
  maxResultLength?: unknown
  toolChoice?: unknown
}

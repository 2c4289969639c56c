import { lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import { ask } from '../border/schema.ts'
import { attempt } from '../border/shape.ts'
import { answerForm, readBy, untold } from '../models/schema/answer-form.ts'
import type { Prompt } from '../models/prompt.ts'
import type {
  AskingMark,
  CancelEvent,
  Described,
  EventsOf,
  Fn,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { act } from './agent/act.ts'
import type { ApprovalEvent } from './agent/approve.ts'
import { beforeTurn, modelAgain } from './agent/before-turn.ts'
import { conversing, givenSchema, transcribed, type Transcript } from './agent/conversation.ts'
import { cycle, isLastTurn } from './agent/cycle.ts'
import { OPTIONS, readOptions } from './agent/given.ts'
import type { AgentEvent } from './agent/hearing.ts'
import type { ListIn, Tools } from './agent/offered.ts'
import type { AgentOptions } from './agent/options.ts'
import { requesting } from './agent/request.ts'
import { isForced, takesSchema, think } from './agent/think.ts'
import type { OutputOfTools, ToolNames } from './agent/types.ts'
import { waysOf } from './agent/ways.ts'

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
  const given = readOptions(config)
  const { name, owner, model, policy, output, input, transcript, outputRetries, ends } = given
  // What is no schema is left to the check of the node, which says so.
  const schema = attempt(() => output?.['~standard']) ? output : undefined
  const form =
    schema && (takesSchema(model) ? answerForm(owner, schema, { scalars: 'wrapped' }) : untold(owner, schema))
  const read = form && schema && readBy(form, schema, false)
  const isEndedByTool = ends.endWith.size > 0
  const asked = isEndedByTool ? undefined : form?.jsonSchema
  const { retry, ...own } = policy
  const before = given.beforeTurn === undefined ? undefined : beforeTurn(owner, given.beforeTurn)
  const request = requesting({
    ...given,
    form: asked && !takesSchema(model) ? formWords(asked) : undefined,
    lets: isForced(model),
    again: modelAgain(given.beforeTurn),
  })
  const lastWords = `Answer by calling ${[...ends.endWith].join(' or ')}: an answer in words is not read.`
  const misfit = isEndedByTool
    ? () => [{ message: lastWords, path: [] }]
    : (content: unknown) => read && attempt(() => ask(read, content).issues)
  const parts = {
    ...given,
    beforeTurn: before && { key: 'beforeTurn', fn: before },
    think: { key: 'think', fn: think({ owner, model, retry, schema: asked, misfit, known: request.known }) },
    act: { key: 'act', fn: act({ ...given, ...ends, isLast: (frame) => isLastTurn(frame, ends.maxTurns) }) },
    request,
    draft: { wrapper: form?.wrapper, ask: isEndedByTool ? lastWords : undefined },
    mayMiss: isEndedByTool || read !== undefined,
    maxTurns: ends.maxTurns,
    answers: ends.onMaxTurns === 'answer',
  }
  return define({
    kind: 'agent',
    name,
    policy: own,
    input: input === undefined ? givenSchema : isSchema(input) ? conversing(input) : input,
    output: read && transcript ? transcribed(read) : (read ?? output),
    children: [parts.beforeTurn, parts.think, parts.act].filter((child) => child !== undefined),
    facts: {
      ways: waysOf({ ...ends, beforeTurn: before, hasOutput: read !== undefined, outputRetries }),
      ...(transcript && { transcript }),
    },
    compile: (scope) => {
      const resumes = scope.guard('mustResume', ({ input }) => (Object(input) as { resume?: unknown }).resume === true)
      return lifecycle(scope, {
        pauses: true,
        enters: [{ guard: resumes, target: 'running.act' }],
        running: (life) => cycle(scope, life, parts),
      })
    },
  }) as never
}

const isSchema = (schema: unknown): boolean =>
  typeof attempt(() => (schema as StandardSchema)['~standard'].validate) === 'function'

/** What an answer must look like, for a model that can be told by words alone. */
const formWords = (form: object): string =>
  `Give your final answer as JSON only, by this JSON Schema: ${JSON.stringify(form)}`

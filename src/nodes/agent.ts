import { lifecycle } from '../compile/lifecycle.ts'
import { define } from '../define.ts'
import { checkFactory } from '../border/options.ts'
import { safeValidate } from '../border/schema.ts'
import { attempt } from '../border/shape.ts'
import { answerFormat, answerSchema, modelFunctionFormat } from '../models/schema/answer-format.ts'
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
import type { ApprovalEvent } from './agent/approval-events.ts'
import { beforeTurn, rerunForModel } from './agent/before-turn.ts'
import { conversationInput, conversationSchema, transcriptSchema, type Transcript } from './agent/conversation.ts'
import { cycle, isLastTurn } from './agent/cycle.ts'
import { OPTIONS, resolveOptions } from './agent/resolve-options.ts'
import type { AgentEvent } from './agent/message-events.ts'
import type { ListIn, ToolsOption } from './agent/tools-option.ts'
import type { AgentOptions } from './agent/options.ts'
import { createRequest } from './agent/request.ts'
import { isForced, takesSchema, think } from './agent/think.ts'
import type { OutputOfTools, ToolNames } from './agent/types.ts'
import { loopEdges } from './agent/loop-edges.ts'

/** A name, or the names of a list. */
type NamesIn<E> = E extends readonly (infer Name)[] ? Name : E
/** A tool with `approve` (`asTool`) adds the approval events. */
type ApprovalEventsOf<F> = F extends unknown
  ? '~tool' extends keyof F
    ? F extends AskingMark<unknown>
      ? ApprovalEvent
      : never
    : never
  : never
type Returned<TR extends boolean, O> = TR extends true ? Transcript<O> : O

/**
 * A model with tools. States: `(beforeTurn →) think → act → think → …`, until the model answers without a call. The calls
 * of a turn run at the same time, each an actor of its own at `NAME.act[ID].TOOL`.
 *
 * A tool is a function with an `input` schema and a `description`; an agent can be a tool. The error of a tool is sent to
 * the model (`toolErrors`); an error of the model fails the agent, with the conversation in `error.messages`. `retry`
 * applies to the model: it repeats the turn, and the results of tools are kept.
 *
 * Input: a text or `{ messages }`, or the input of the schema `input`, whose output is the conversation (JSON of anything
 * other than messages becomes the user's text). Output: the last answer, as text or as the output of the schema `output`;
 * with `endWith`, the output of that tool. With `transcript: true` it is `{ output, messages }`, and the next turn is
 * `run([...messages, { role: 'user', content }])`.
 *
 * A call that `approve` selects waits for `APPROVE` or `REJECT`; while the agent runs it accepts `MESSAGE` and
 * `CANCEL_CALL`. `timeout` (ms) is paused while the agent only waits for people. After `maxTurns` (10) turns of the model
 * it fails with `max_iterations`, unless `onMaxTurns` is set. Throws a `TypeError` on a wrong option.
 *
 * @example
 * const assistant = agent({
 *   name: 'assistant',
 *   model: openAIChat({ name: 'chat', model: 'gpt-4o-mini' }),
 *   tools: [fn({ name: 'weather', description: 'Tells the weather of a city.', input: z.object({ city: z.string() }), run })],
 * })
 * await assistant.run('Do I need an umbrella in Oslo?')
 */
export function agent<
  const N extends string,
  const T extends ToolsOption,
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
  | ([A] extends [undefined] ? ApprovalEventsOf<ListIn<T>[number]> : ApprovalEvent)
> &
  Described<D, Prompt, [SI] extends [never] ? string : SchemaOutput<SI>> {
  checkFactory('agent', config, OPTIONS)
  const given = resolveOptions(config)
  const { name, owner, model, policy, output, input, transcript, outputRetries, ends } = given
  // Anything that is not a schema is left to the check of the node, which reports it.
  const schema = attempt(() => output?.['~standard']) ? output : undefined
  const form =
    schema &&
    (takesSchema(model) ? answerFormat(owner, schema, { scalars: 'wrapped' }) : modelFunctionFormat(owner, schema))
  const read = form && schema && answerSchema(form, schema, false)
  const isEndedByTool = ends.endWith.size > 0
  const asked = isEndedByTool ? undefined : form?.jsonSchema
  const { retry, ...own } = policy
  const before = given.beforeTurn === undefined ? undefined : beforeTurn(owner, given.beforeTurn, given.known)
  const request = createRequest({
    ...given,
    form: asked && !takesSchema(model) ? formWords(asked) : undefined,
    lets: isForced(model),
    again: rerunForModel(given.beforeTurn),
  })
  const lastWords = `Answer by calling ${[...ends.endWith].join(' or ')}: an answer in words is not read.`
  const misfit = isEndedByTool
    ? () => [{ message: lastWords, path: [] }]
    : (content: unknown) => read && attempt(() => safeValidate(read, content).issues)
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
    input: input === undefined ? conversationSchema : isSchema(input) ? conversationInput(input) : input,
    output: read && transcript ? transcriptSchema(read) : (read ?? output),
    children: [parts.beforeTurn, parts.think, parts.act].filter((child) => child !== undefined),
    dataFlow: { children: 'unknown', output: 'unknown' },
    layout: 'row',
    facts: {
      ways: loopEdges({ ...ends, beforeTurn: before, hasOutput: read !== undefined, outputRetries }),
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

/** The instruction for the format of the answer, for a model that takes no JSON Schema. */
const formWords = (form: object): string =>
  `Give your final answer as JSON only, by this JSON Schema: ${JSON.stringify(form)}`

import { define } from '../../define.ts'
import { type HasNode, namesOf, NODE, type Node, type NodeChild, type Work } from '../../compile/scope.ts'
import type {
  AnyFn,
  AssistantMessage,
  ChatMessage,
  ChatModel,
  Issue,
  JsonSchema,
  Policy,
  RunContext,
  StandardSchema,
  ToolChoice,
} from '../../types.ts'
import { functionNamesOf } from '../../border/label.ts'
import { rejectedAnswersIn } from '../../border/rejected-answers.ts'
import { modelRetry } from '../../models/failure/model-error.ts'
import { withFeedback } from '../../models/feedback.ts'
import { isLanguageModel } from '../../models/language/language-model.ts'
import { parseAssistantMessage } from '../../models/assistant-message.ts'
import { callModelFunction } from '../../models/call-model-function.ts'
import { fallback } from '../fallback.ts'
import { leaf } from '../function.ts'
import { copiesOf } from './copy-messages.ts'
import type { TurnAnswer } from './conversation-state.ts'
import type { Toolset } from './toolset.ts'
import { formatValue } from '../../border/format-value.ts'

/** What one turn of the model begins with. */
export type Turn = {
  readonly messages: readonly ChatMessage[]
  /** The number of the turn. */
  readonly turn?: number
  /** The names of the tools that the model is told of. */
  readonly tools?: readonly string[]
  readonly toolChoice?: ToolChoice
  /** `beforeTurn` has named a model for this turn. */
  readonly isOther?: boolean
}
/** What is no data of a turn, and is found by it. */
export type TurnResources = {
  tools: Toolset
  /** A model in place of the agent's own. */
  model?: unknown
}

type Options = {
  owner: string
  model: unknown
  /** The agent's own, which is that of its model. */
  retry: Policy['retry']
  /** The JSON Schema of the answer. */
  schema: JsonSchema | undefined
  /** What is wrong with an answer in words; nothing where it fits, or its schema is asked later. */
  misfit(content: unknown): readonly Issue[] | undefined
  /** Finds what is no data of this turn. */
  known(turn: Turn, ctx: RunContext): TurnResources | Promise<TurnResources>
}

/** One turn of the model, with the retry and the timeout of the model's own; of a fallback, each is asked in its turn. */
export function think(options: Options): HasNode {
  const { owner, model, retry } = options
  const models = modelsIn(model)
  if (!models) return turnOf(options, 'think')
  const { policy } = (model as HasNode)[NODE]
  const children = models.map(({ key, fn }) =>
    turnOf({ ...options, model: ofFallback(owner, fn), retry: undefined }, key),
  )
  const again = retry && modelRetry(retry)
  const made = fallback({ ...policy, ...(again && { retry: again }), name: 'think', children: children as never })
  return made as unknown as HasNode
}

/** The models of a fallback, in their order. */
const modelsIn = (model: unknown): readonly NodeChild[] | undefined => {
  const { [NODE]: node } = Object(model) as Partial<HasNode>
  return node?.dataFlow?.output === 'first' ? node.children : undefined
}

/** A plain function among them is a model of the user's own. */
function ofFallback(owner: string, fn: HasNode): unknown {
  const { facts, names, name } = fn[NODE]
  if (modelsIn(fn))
    throw new TypeError(`${owner}: its model is a fallback in a fallback (${name}). Put the models in one list.`)
  const code = facts?.code as Work | undefined
  if (!code) return fn
  return Object.defineProperty((request: never, ctx: never) => code(request, ctx), 'name', {
    value: names?.[0] ?? name,
  })
}

function turnOf({ owner, model, retry, schema, misfit, known }: Options, name: string): HasNode {
  const { ask, kind, names, policy } = modelOf(owner, model)
  const run = async (turn: Turn, ctx: RunContext) => {
    const { messages, tools: offered = [], toolChoice } = turn
    const { tools, model: other } = await known(turn, ctx)
    // It may have been stopped meanwhile, and what is asked costs.
    ctx.signal.throwIfAborted()
    const specs = offered.flatMap((name) => tools.get(name)?.spec ?? [])
    const told = withFeedback(messages, rejectedAnswersIn(ctx))
    const request = {
      // Copies: the conversation is the agent's, whatever a model does to what it is given.
      messages: copiesOf(told),
      ...(specs.length > 0 && { tools: specs }),
      ...(toolChoice !== undefined && { toolChoice }),
      ...(schema && { schema }),
    }
    return (other === undefined ? ask : modelOf(owner, other).ask)(request, ctx)
  }
  const own = retry && modelRetry(retry, typeof model === 'function')
  const node = leaf(kind, {
    ...policy,
    ...(own && { retry: own }),
    name,
    output: turnAnswerSchema(misfit),
    run: run as never,
  })
  return define({ ...node, names, takesFeedback: true })
}

/** Whether a model can be asked for an answer by a JSON Schema. */
export const takesSchema = (model: unknown): boolean =>
  modelsIn(model)?.every(({ fn }) => takesSchema(fn)) ??
  (Object(model) as Partial<HasNode>)[NODE]?.facts?.takesSchema === true

/** Whether a model must call a tool in each turn, by its own options. */
export const isForced = (model: unknown): boolean =>
  modelsIn(model)?.some(({ fn }) => isForced(fn)) ?? (Object(model) as Partial<HasNode>)[NODE]?.facts?.isForced === true

type Model = { ask: ChatModel; kind: string; names: readonly string[]; policy: Policy }

function modelOf(owner: string, model: unknown): Model {
  if (typeof model === 'function') {
    const ask: ChatModel = (turn, ctx) => callModelFunction(ctx, () => (model as ChatModel)(turn, ctx))
    return { ask, kind: 'llmCall', names: functionNamesOf(model), policy: {} }
  }
  const { ask, [NODE]: node } = Object(model) as { ask?: ChatModel; [NODE]?: Node }
  if (typeof ask === 'function' && node) return { ask, kind: node.kind, names: namesOf(node), policy: node.policy }
  if (isLanguageModel(model)) {
    throw new TypeError(
      `${owner}: its model is an object of the AI SDK. Give model: llmCall({ name: 'chat', model: … }).`,
    )
  }
  throw new TypeError(
    `${owner} has no model: model is ${formatValue(model)}. Give it model: openAIChat({ … }), llmCall({ … }), a fallback({ … }) of these, or async ({ messages, tools }, ctx) => message.`,
  )
}

/** Says what is wrong with a model that stands in for another one. */
export const checkModel = (owner: string, model: unknown): void => void modelOf(owner, model)
export type AnyModel = AnyFn | ChatModel

/** A message; an answer that does not fit has with it what is wrong, for the chart to see. */
const turnAnswerSchema = (misfit: Options['misfit']): StandardSchema => ({
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    validate: (value) => {
      const read = parseAssistantMessage(value)
      if (read.issues) return read
      const { tool_calls: calls, content } = read.value as AssistantMessage
      const issues = calls?.length ? undefined : misfit(content)
      return { value: issues ? ({ ...read.value, misfit: issues } satisfies TurnAnswer) : read.value }
    },
  },
})

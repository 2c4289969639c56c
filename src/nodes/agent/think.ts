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

/** The input of one turn of the model. */
export type Turn = {
  readonly messages: readonly ChatMessage[]
  /** The number of the turn. */
  readonly turn?: number
  /** The names of the tools in the request. */
  readonly tools?: readonly string[]
  readonly toolChoice?: ToolChoice
  /** `beforeTurn` has chosen a model for this turn. */
  readonly isOther?: boolean
}
/** The resources of a turn that are not serializable. */
export type TurnResources = {
  tools: Toolset
  /** A model in place of the agent's own. */
  model?: unknown
}

type Options = {
  owner: string
  model: unknown
  /** The agent's `retry`, which applies to its model. */
  retry: Policy['retry']
  /** The JSON Schema of the answer. */
  schema: JsonSchema | undefined
  /** The issues of an answer; undefined if it fits, or is validated later. */
  misfit(content: unknown): readonly Issue[] | undefined
  /** Finds the resources of this turn. */
  known(turn: Turn, ctx: RunContext): TurnResources | Promise<TurnResources>
}

/** One turn of the model, with the model's own retry and timeout; the models of a fallback are called in order. */
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

/** A plain function in a fallback is a model function of the user. */
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
    // It may have been stopped meanwhile, and a request costs money.
    ctx.signal.throwIfAborted()
    const specs = offered.flatMap((name) => tools.get(name)?.spec ?? [])
    const told = withFeedback(messages, rejectedAnswersIn(ctx))
    const request = {
      // Copies, so that a model function may change them.
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

/** Throws a `TypeError` if the model of `beforeTurn` is not one. */
export const checkModel = (owner: string, model: unknown): void => void modelOf(owner, model)
export type AnyModel = AnyFn | ChatModel

/** The schema of a turn's message; an answer that does not fit has its issues in `misfit`, for the guards. */
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

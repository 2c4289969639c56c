import { define } from '../../define.ts'
import { type HasNode, namesOf, NODE, type Node } from '../../compile/scope.ts'
import type {
  AssistantMessage,
  ChatMessage,
  ChatModel,
  ModelRequest,
  Policy,
  RunContext,
  StandardSchema,
} from '../../types.ts'
import { plainNames } from '../../border/label.ts'
import { refusedIn } from '../../border/refused.ts'
import { withOwnIds } from '../../models/call-ids.ts'
import { withFeedback } from '../../models/feedback.ts'
import { isLanguageModel } from '../../models/language/model.ts'
import { readMessage } from '../../models/message.ts'
import { askOwn } from '../../models/own-model.ts'
import { leaf } from '../function.ts'

/** `ids` are those that no new call may have. */
type Turn = { messages: readonly ChatMessage[]; ids?: readonly string[] }

/** What an agent asks its model for: the tools that there are, and the JSON Schema of its answer. */
export type Asked = Pick<ModelRequest, 'tools' | 'schema'>

/** One turn of the model, with the retry and the timeout of the model's own. */
export function think(owner: string, model: unknown, asked: Asked): HasNode {
  const { ask, kind, names, policy } = modelOf(owner, model)
  const run = async ({ messages, ids = [] }: Turn, ctx: RunContext) => {
    // Copies: the conversation is the agent's, whatever a model does to what it is given.
    const copies = withFeedback(messages, refusedIn(ctx)).map((message) => ({ ...message }))
    const answer: unknown = await ask({ messages: copies, ...asked }, ctx)
    const read = readMessage(answer)
    // What is no message is refused where all answers are checked.
    if (read.issues) return answer
    const message = withOwnIds(read.value, ids)
    for (const { id, function: called } of message.tool_calls ?? []) {
      ctx.emit({ type: 'toolCall', id, name: called.name, arguments: called.arguments })
    }
    return message
  }
  const node = leaf(kind, { ...policy, name: 'think', output: messageSchema as StandardSchema, run })
  return define({ ...node, names, takesFeedback: true })
}

/** Whether a model can be asked for an answer by a JSON Schema. */
export const takesSchema = (model: unknown): boolean =>
  (Object(model) as Partial<HasNode>)[NODE]?.facts?.takesSchema === true

type Model = { ask: ChatModel; kind: string; names: readonly string[]; policy: Policy }

function modelOf(owner: string, model: unknown): Model {
  if (typeof model === 'function') {
    const ask: ChatModel = (turn, ctx) => askOwn(ctx, () => (model as ChatModel)(turn, ctx))
    return { ask, kind: 'llmCall', names: plainNames(model), policy: {} }
  }
  const { ask, [NODE]: node } = Object(model) as { ask?: ChatModel; [NODE]?: Node }
  if (typeof ask === 'function' && node) return { ask, kind: node.kind, names: namesOf(node), policy: node.policy }
  if (isLanguageModel(model)) {
    throw new TypeError(
      `${owner}: its model is an object of the AI SDK. Give model: llmCall({ name: 'chat', model: … }).`,
    )
  }
  throw new TypeError(
    `${owner} has no model. Give it model: openAIChat({ … }), llmCall({ … }), or async ({ messages, tools }, ctx) => message.`,
  )
}

const messageSchema: StandardSchema<unknown, AssistantMessage> = {
  '~standard': { version: 1, vendor: 'tinyllm', validate: readMessage },
}

import { define } from '../../define.ts'
import { type HasNode, NODE, type Node } from '../../compile/scope.ts'
import type {
  AssistantMessage,
  ChatMessage,
  ChatModel,
  Policy,
  RunContext,
  SchemaResult,
  StandardSchema,
  ToolCall,
  ToolSpec,
} from '../../types.ts'
import { withOwnIds } from '../../models/call-ids.ts'
import { askOwn } from '../../models/own-model.ts'
import { leaf } from '../function.ts'

/** `ids` are those that no new call may have. */
type Turn = { messages: readonly ChatMessage[]; ids?: readonly string[] }

/** One turn of the model, with the retry and the timeout of the model's own. */
export function think(owner: string, model: unknown, tools: readonly ToolSpec[]): HasNode {
  const { ask, kind, policy } = modelOf(owner, model)
  const run = async ({ messages, ids = [] }: Turn, ctx: RunContext) => {
    // Copies: the conversation is the agent's, whatever a model does to what it is given.
    const copies = messages.map((message) => ({ ...message }))
    const answer: unknown = await ask(tools.length > 0 ? { messages: copies, tools } : { messages: copies }, ctx)
    const read = readMessage(answer)
    // What is no message is refused where all answers are checked.
    if (read.issues) return answer
    const message = withOwnIds(read.value, ids)
    for (const { id, function: called } of message.tool_calls ?? []) {
      ctx.emit({ type: 'toolCall', id, name: called.name, arguments: called.arguments })
    }
    return message
  }
  return define(leaf(kind, { ...policy, name: 'think', output: messageSchema as StandardSchema, run }))
}

function modelOf(owner: string, model: unknown): { ask: ChatModel; kind: string; policy: Policy } {
  if (typeof model === 'function') {
    const ask: ChatModel = (turn, ctx) => askOwn(ctx, () => (model as ChatModel)(turn, ctx))
    return { ask, kind: 'llmCall', policy: {} }
  }
  const { ask, [NODE]: node } = Object(model) as { ask?: ChatModel; [NODE]?: Node }
  if (typeof ask === 'function' && node) return { ask, kind: node.kind, policy: node.policy }
  throw new TypeError(
    `${owner} has no model. Give it model: openAIChat({ … }), llmCall({ … }), or async ({ messages, tools }, ctx) => message.`,
  )
}

/** What came from a model, or from whatever stands in for one: a text is an answer, too. */
export function readMessage(value: unknown): SchemaResult<AssistantMessage> {
  if (typeof value === 'string') return { value: { role: 'assistant', content: value } }
  const { content = null, tool_calls: calls } = Object(value) as Partial<AssistantMessage>
  if (content !== null && typeof content !== 'string') {
    return { issues: [{ message: 'expected a text, or null beside tool_calls', path: ['content'] }] }
  }
  const wanted = calls ?? []
  if (!Array.isArray(wanted) || !wanted.every(isCall)) {
    const message = 'expected { type, function: { name, arguments } }, with the arguments as JSON text'
    return { issues: [{ message, path: ['tool_calls'] }] }
  }
  if (wanted.length > 0) return { value: { role: 'assistant', content, tool_calls: wanted.map(copyOf) } }
  if (content === null) return { issues: [{ message: 'expected a message with a text or tool_calls' }] }
  return { value: { role: 'assistant', content } }
}

const messageSchema: StandardSchema<unknown, AssistantMessage> = {
  '~standard': { version: 1, vendor: 'tinyllm', validate: readMessage },
}

/** Each part is read once, and is the agent's own: what a model does to its object later changes nothing. */
const copyOf = ({ id, function: { name, arguments: text } }: ToolCall): ToolCall => ({
  id,
  type: 'function',
  function: { name, arguments: text },
})

/** An id may be missing, or be none: the agent gives each call its own. */
function isCall(call: unknown): boolean {
  const { function: called } = Object(call) as { function?: unknown }
  const { name, arguments: given } = Object(called) as { name?: unknown; arguments?: unknown }
  return typeof name === 'string' && typeof given === 'string'
}

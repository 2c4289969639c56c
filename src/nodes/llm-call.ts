import { define } from '../define.ts'
import { isTransient } from '../models/error.ts'
import { standardJsonSchema } from '../models/json-schema.ts'
import {
  type CallSettings,
  checkLanguageModel,
  checkSettings,
  isLanguageModel,
  type LanguageModel,
  SETTINGS,
} from '../models/language-model.ts'
import { messageOf } from '../models/answer.ts'
import { idsIn, withOwnIds } from '../models/call-ids.ts'
import { type Prompt, promptSchema } from '../models/prompt.ts'
import { reading } from '../models/reading.ts'
import { checkFactory } from '../border/options.ts'
import type { ToolAnswer, Tools } from '../models/tools.ts'
import type {
  AssistantMessage,
  CancelEvent,
  ChatMessage,
  ChatModel,
  Fn,
  Model,
  Policy,
  RunContext,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { leaf } from './function.ts'

/** What `llmCall` takes beside its model: call settings are for a model of the AI SDK. */
export interface LlmCallConfig<N extends string, T> extends Policy, CallSettings {
  name: N
  /** Tools that the model may ask for; the output is then a message, `{ content, tool_calls }`. */
  tools?: T
}

/**
 * A call of a model: one of the Vercel AI SDK (`openai('gpt-4o')`, `anthropic('…')`, any provider), or your own
 * `async (messages, ctx, tools) => …`. Gives the text (or whatever your own gives), what `output` makes of it, or with
 * `tools` a message. Your own tells tokens with `ctx.emit({ type: 'token', delta })` and usage with
 * `ctx.emit({ type: 'usage', inputTokens, outputTokens })`; of an AI SDK model they are told, and `retry` tries again
 * only what may pass. Fails with `run`; `cause` is the provider's `APICallError` or a `ModelError`.
 *
 * @example
 * const answer = llmCall({ name: 'answer', model: anthropic('claude-sonnet-4-5'), maxOutputTokens: 500 })
 * const own = llmCall({ name: 'own', model: async (messages, { signal }) => ask(messages, signal) })
 */
// `O` has a default, not a constraint: from a model object nothing is inferred for it, and it then says text.
export function llmCall<
  const N extends string,
  O = never,
  SO extends StandardSchema = never,
  const T extends Tools = never,
>(
  config: LlmCallConfig<N, T> & {
    model: Model<O> | LanguageModel
    output?: SO &
      ([SO] extends [never] ? unknown : [O] extends [string] ? unknown : StandardSchema<O & SchemaInput<SO>>)
  },
): Fn<
  Prompt,
  [T] extends [never] ? ([SO] extends [never] ? ([O] extends [never] ? string : O) : SchemaOutput<SO>) : ToolAnswer<T>,
  N,
  CancelEvent
> {
  checkFactory('llmCall', config, ['model', 'output', 'tools', ...SETTINGS])
  const { name, model, output, tools, retry, timeout, limit, description, tags, meta, verbose, ...settings } =
    config as unknown as LlmCallConfig<string, Tools> & { model: Model<unknown>; output?: StandardSchema }
  const owner = `llmCall ${String(name)}`
  const object = isLanguageModel(model) ? model : undefined
  if (object) checkLanguageModel(owner, object)
  else if (typeof model !== 'function') {
    throw new TypeError(
      `${owner} has no model. Give it model: async (messages, ctx) => text, or a model object of the AI SDK.`,
    )
  }
  checkSettings(owner, settings)
  const {
    specs,
    jsonSchema,
    output: checked,
    read,
  } = reading(owner, { output, tools, toJsonSchema: standardJsonSchema })
  const format = jsonSchema && { name, schema: jsonSchema }

  const turn = async (messages: readonly ChatMessage[], tools: typeof specs, ctx: RunContext) => {
    // Loaded only where there is such a model: many pipelines have none.
    const { askLanguageModel } = await import('../models/language-call.ts')
    return askLanguageModel(object as LanguageModel, settings, { messages, tools, format }, ctx)
  }
  const run = async ({ messages }: { messages: readonly ChatMessage[] }, ctx: RunContext) => {
    if (object) return read([await turn(messages, specs, ctx)], messages)
    const answer = await model(messages, ctx, specs)
    return tools ? asMessage(answer, messages) : answer
  }
  const ask: ChatModel = async ({ messages, tools = specs }, ctx) =>
    object
      ? messageOf(await turn(messages, tools, ctx), messages)
      : asMessage(await model(messages, ctx, tools), messages)

  const node = leaf('llmCall', {
    name,
    input: promptSchema as StandardSchema,
    run,
    output: checked,
    retry: retry && object ? { ...retry, when: retry.when ?? isTransient } : retry,
    timeout,
    ...(limit && { limit }),
    description,
    tags,
    meta: object ? { ...meta, model: object.modelId } : meta,
    verbose,
  })
  return define({ ...node, exposes: { ask } }) as never
}

/** A model of your own may answer with a text, or with a message that asks for tools. */
function asMessage(answer: unknown, conversation: readonly ChatMessage[]): AssistantMessage {
  if (typeof answer === 'string') return { role: 'assistant', content: answer }
  const { content, tool_calls } = Object(answer) as Partial<AssistantMessage>
  if (typeof content === 'string' || (content === null && tool_calls)) {
    const message: AssistantMessage = { role: 'assistant', content, ...(tool_calls && { tool_calls }) }
    return Array.isArray(tool_calls) ? withOwnIds(message, idsIn(conversation)) : message
  }
  throw new TypeError('the model gave no message. Return a text, or { content, tool_calls } to ask for tools')
}

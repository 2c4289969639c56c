import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import { formatValue } from '../../border/format-value.ts'
import { define } from '../../define.ts'
import { modelRetry } from '../../models/failure/model-error.ts'
import { modelCall } from '../../models/model-call.ts'
import { checkStreamTimeouts, type StreamTimeouts } from '../../models/stream-timeouts.ts'
import { checkPrices, type Prices } from '../../models/prices.ts'
import { type Prompt, promptSchema } from '../../models/prompt.ts'
import { providerCaller } from '../../models/provider-caller.ts'
import { requiresToolCall, type ToolAnswer, type Tools } from '../../models/tools.ts'
import { leaf } from '../../nodes/function.ts'
import type { CancelEvent, Described, Fn, Policy, SchemaOutput, StandardSchema } from '../../types.ts'
import type { ClientOptions, OpenAIClient, OrUndefined } from './client.ts'
import { feedbackForChoices } from './choices-feedback.ts'
import { checkChatOptions } from './parameters.ts'
import { openAIPrices } from './prices.ts'
import { chatProvider } from './chat-provider.ts'
import type { ServerOptions } from './server-options.ts'

type ChatParameters = OrUndefined<Omit<ChatCompletionCreateParamsBase, 'messages' | 'model' | 'n' | 'stream' | 'tools'>>

/**
 * The config of `openAIChat`: these options, a policy, all options of Chat Completions, and those of compatible
 * servers.
 */
export interface OpenAIChatConfig<N extends string, K extends number, SO, T = Tools>
  extends ChatParameters, ServerOptions, Policy, StreamTimeouts, ClientOptions<OpenAIClient> {
  name: N
  model: ChatCompletionCreateParamsBase['model']
  /** How many answers to request; from 2 up the output is an array. */
  n?: K | undefined
  /** Emits tokens as events while they arrive. */
  stream?: boolean | undefined
  /** The schema of the answer: objects, arrays and unions use structured output, others are parsed from the text. */
  output?: SO | undefined
  /** Tools that the model may call; the output is then a message, `{ content, tool_calls }`. */
  tools?: T | undefined
  /** Override `openAIPrices`. */
  prices?: Prices | undefined
}

type ChatAnswer<K extends number, T> = number extends K ? T | T[] : K extends 1 ? T : T[]
type ChatOutput<SO, T> = [T] extends [never] ? ([SO] extends [never] ? string : SchemaOutput<SO>) : ToolAnswer<T>

/**
 * A chat completion of OpenAI or of a compatible server. Its input is a string, messages or `{ messages }`. Its output
 * is the text, an array of texts for `n` from 2 up, the value of the schema `output`, or with `tools` a message whose
 * `tool_calls` have validated arguments. An `output` that is an object, an array or a union of these is requested by
 * its JSON Schema; any other is parsed from the text.
 *
 * Events: `token` and `tool_call_delta` (with `stream`), `reasoning`, `usage`, `finish`, and as `event` `logprobs`,
 * `source`, `warning` and `response`. Options that a reasoning model does not support (`temperature` and the like) are
 * left out, with a warning.
 *
 * With `retry`, only transient failures are retried unless `retry.when` is given: a broken connection, status 408, 409,
 * 429 and 5xx (also in a stream), `timeout` and `output_validation`. A delay that the server names is waited for, up to
 * a minute.
 *
 * Fails with `run`; `cause` is the SDK's `APIError`, a `ModelError` (also exported as `OpenAIChatError`), or an error
 * with the `code`, `type` and `status` that the server sent in place of an answer. Throws a `TypeError` for an `output`
 * without a JSON Schema, unless `response_format` is given.
 *
 * @example
 * const verdict = openAIChat({ name: 'verdict', model: 'gpt-4o-mini', temperature: 0, output: z.enum(['good', 'bad']) })
 * await verdict.run('Good or bad? I have never missed a payment.') // 'good'
 */
export function openAIChat<
  const N extends string,
  const K extends number = 1,
  SO extends StandardSchema = never,
  const T extends Tools = never,
  D extends string = never,
>(
  config: OpenAIChatConfig<N, K, SO, T> & { description?: D | undefined },
): Fn<Prompt, ChatAnswer<K, ChatOutput<SO, T>>, N, CancelEvent> & Described<D, Prompt, string> {
  checkChatOptions(config)
  const { client, apiKey, baseURL, output, tools, retry, timeout, limit, ...others } = config as unknown as ChatConfig
  const { name, description, tags, meta, verbose, prices, firstTokenTimeout, idleTimeout, ...options } = others
  const { model, n = 1, stream } = options
  const owner = `openAIChat ${String(name)}`
  checkModelAndClient(owner, { model, client })
  const timeouts = { firstTokenTimeout, idleTimeout }
  checkStreamTimeouts(owner, timeouts, stream)
  checkPrices(owner, prices)
  const provider = chatProvider({ client, apiKey, baseURL }, options, timeout)
  const scalars = options.response_format ? undefined : 'text'
  const alternatives = ', or give response_format'
  const modelCallOptions = {
    name,
    output,
    tools,
    n,
    scalars,
    alternatives,
    addFeedback: feedbackForChoices(n),
  } as const
  const callOptions = { timeouts, prices: { ...openAIPrices, ...prices } }
  const call = modelCall(owner, modelCallOptions, async () => providerCaller(await provider(), callOptions))

  const node = leaf('openAIChat', {
    name,
    input: promptSchema as StandardSchema,
    run: call.run,
    output: call.output,
    ...(retry && { retry: modelRetry(retry) }),
    timeout,
    ...(limit && { limit }),
    description,
    tags,
    meta: { ...meta, model },
    verbose,
  })
  return define({
    ...node,
    takesFeedback: true,
    exposes: { ask: call.ask },
    facts: { ...node.facts, service: 'openai', takesSchema: true, isForced: requiresToolCall(options.tool_choice) },
  }) as never
}

type ChatConfig = OpenAIChatConfig<string, number, StandardSchema, Tools>

function checkModelAndClient(owner: string, { model, client }: Pick<ChatConfig, 'model' | 'client'>): void {
  if (typeof model !== 'string' || model === '') {
    throw new TypeError(`${owner}: model is ${formatValue(model)}. Give the name of a model: model: 'gpt-4o-mini'.`)
  }
  if (
    client !== undefined &&
    typeof (client as Partial<OpenAIClient> | null)?.chat?.completions?.create !== 'function'
  ) {
    throw new TypeError(
      `${owner}: client is ${formatValue(client)}, not a client of the openai package. Give new OpenAI({ … }), or apiKey.`,
    )
  }
}

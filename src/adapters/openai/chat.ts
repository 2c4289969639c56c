import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
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

/** What `openAIChat` takes: what is named here, a policy, every other option of Chat Completions, and what other servers take. */
export interface OpenAIChatConfig<N extends string, K extends number, SO, T = Tools>
  extends ChatParameters, ServerOptions, Policy, StreamTimeouts, ClientOptions<OpenAIClient> {
  name: N
  model: ChatCompletionCreateParamsBase['model']
  /** How many answers; from 2 up the output is a list. */
  n?: K | undefined
  /** Tokens leave as events while they come. */
  stream?: boolean | undefined
  /** What the answer must be: an object makes it structured output, anything else is read from the text. */
  output?: SO | undefined
  /** Tools that the model may ask for; the output is then a message, `{ content, tool_calls }`. */
  tools?: T | undefined
  /** Go before OpenAI's own prices (`openAIPrices`). */
  prices?: Prices | undefined
}

type ChatAnswer<K extends number, T> = number extends K ? T | T[] : K extends 1 ? T : T[]
type ChatOutput<SO, T> = [T] extends [never] ? ([SO] extends [never] ? string : SchemaOutput<SO>) : ToolAnswer<T>

/**
 * A chat completion of OpenAI or of a server that speaks its language. Takes a string, messages or `{ messages }`; returns
 * the text, a list of them for `n` from 2 up, what `output` makes of it, or with `tools` a message whose `tool_calls`
 * have their arguments parsed and checked. An `output` that is an object, a list or a union of such is asked for by its
 * JSON Schema, any other is read from the text. Events: `token` and `tool_call_delta` (with `stream`), `reasoning`,
 * `usage`, `finish`, and as `event` `logprobs`, `source`, `warning` and `response`. With `retry`, only what may pass is
 * tried again unless `retry.when` says otherwise: a broken connection, 408, 409, 429, 5xx, the same said in a stream,
 * `timeout` and `output_validation`; a time that the server names is waited for, up to a minute.
 * What a reasoning model does not take (`temperature` and the like) is left out, with a warning.
 * Fails with `run`; `cause` is the SDK's `APIError`, a `ModelError` (also called `OpenAIChatError`), or what the server
 * said instead of an answer: an error with its `code`, `type` and `status`. Throws a `TypeError` for an `output` that has
 * no JSON Schema, unless `response_format` is given.
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
  const asked = { name, output, tools, n, scalars, ways: ', or give response_format' } as const
  const wanted = { ...asked, retold: feedbackForChoices(n) }
  const callOptions = { timeouts, prices: { ...openAIPrices, ...prices } }
  const call = modelCall(owner, wanted, async () => providerCaller(await provider(), callOptions))

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
    facts: { ...node.facts, takesSchema: true, isForced: requiresToolCall(options.tool_choice) },
  }) as never
}

type ChatConfig = OpenAIChatConfig<string, number, StandardSchema, Tools>

function checkModelAndClient(owner: string, { model, client }: Pick<ChatConfig, 'model' | 'client'>): void {
  if (typeof model !== 'string' || model === '') {
    throw new TypeError(`${owner} has no model. Give it the name of one: model: 'gpt-4o-mini'.`)
  }
  if (
    client !== undefined &&
    typeof (client as Partial<OpenAIClient> | null)?.chat?.completions?.create !== 'function'
  ) {
    throw new TypeError(`${owner}: client is not a client of the openai package. Give new OpenAI({ … }), or apiKey.`)
  }
}

import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import { define } from '../../define.ts'
import { messageOf } from '../../models/answer.ts'
import { modelRetry } from '../../models/error.ts'
import { calling, checkPatience, type Patience } from '../../models/patience.ts'
import { checkPrices, type Prices } from '../../models/prices.ts'
import { type Prompt, promptSchema } from '../../models/prompt.ts'
import { reading } from '../../models/reading.ts'
import type { ToolAnswer, Tools } from '../../models/tools.ts'
import { leaf } from '../../nodes/function.ts'
import type {
  CancelEvent,
  ChatMessage,
  ChatModel,
  Fn,
  Policy,
  RunContext,
  SchemaOutput,
  StandardSchema,
  ToolSpec,
} from '../../types.ts'
import { bodyOf, leftOut } from './body.ts'
import { type Access, clientOf, type OpenAIClient, requestOptions } from './client.ts'
import { readCompletion } from './completion.ts'
import { explained } from './connection.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { checkChatOptions } from './parameters.ts'
import { openAIPrices } from './prices.ts'
import { responseFormat } from './response-format.ts'
import { collect } from './stream.ts'

type Options = Omit<ChatCompletionCreateParamsBase, 'messages' | 'model' | 'n' | 'stream' | 'tools'>

/** What `openAIChat` takes: what is named here, a policy, and every other option of Chat Completions as it is. */
export interface OpenAIChatConfig<N extends string, K extends number, SO, T = Tools>
  extends Options, Policy, Patience, Access<OpenAIClient> {
  name: N
  model: ChatCompletionCreateParamsBase['model']
  /** How many answers; from 2 up the output is a list. */
  n?: K
  /** Tokens leave as events while they come. */
  stream?: boolean
  /** What the answer must be: an object makes it structured output, anything else is read from the text. */
  output?: SO
  /** Tools that the model may ask for; the output is then a message, `{ content, tool_calls }`. */
  tools?: T
  /** Go before OpenAI's own prices (`openAIPrices`). */
  prices?: Prices
}

type Answer<K extends number, T> = number extends K ? T | T[] : K extends 1 ? T : T[]
type Said<SO, T> = [T] extends [never] ? ([SO] extends [never] ? string : SchemaOutput<SO>) : ToolAnswer<T>

/**
 * A chat completion of OpenAI or of a server that speaks its language. Takes a text, messages or `{ messages }`; gives
 * the text, a list of them for `n` from 2 up, what `output` makes of it, or with `tools` a message whose `tool_calls`
 * have their arguments parsed and checked. Events: `token`, `reasoning` and `tool_call_delta` (with `stream`), `usage`,
 * `finish` and `logprobs`. With `retry`, only what may pass is tried again unless `retry.when` says otherwise: a broken
 * connection, 408, 409, 429, 5xx, `timeout` and `output_validation`; a `retry-after` of the server is honoured.
 * What a reasoning model does not take (`temperature` and the like) is left out.
 * Fails with `run`; `cause` is the SDK's `APIError` or a `ModelError` (also called `OpenAIChatError`). An `output` whose
 * library has no JSON Schema is read from the text, as JSON too; add `response_format: { type: 'json_object' }` to have
 * the model write it.
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
>(config: OpenAIChatConfig<N, K, SO, T>): Fn<Prompt, Answer<K, Said<SO, T>>, N, CancelEvent> {
  checkChatOptions(config)
  const { client, apiKey, baseURL, output, tools, retry, timeout, limit, ...others } = config as unknown as Given
  const { name, description, tags, meta, verbose, prices, firstTokenTimeout, idleTimeout, ...options } = others
  const { model, n = 1, stream } = options
  const owner = `openAIChat ${String(name)}`
  check(owner, { model, client })
  checkPatience(owner, { firstTokenTimeout, idleTimeout }, stream)
  checkPrices(owner, prices)
  const wanted = reading(owner, { output, tools, n, toJsonSchema: jsonSchemaOf })
  const body = {
    ...(wanted.jsonSchema && { response_format: responseFormat(name, wanted.jsonSchema) }),
    ...options,
    ...(stream && { stream_options: { include_usage: true, ...options.stream_options } }),
  }
  const priced = { ...openAIPrices, ...prices }

  const complete = async (messages: readonly ChatMessage[], n: number, tools: readonly ToolSpec[], ctx: RunContext) => {
    const server = await clientOf({ client, apiKey, baseURL })
    const { completions } = server.chat
    const create = completions.create.bind(completions) as unknown as Create
    const several = n > 1 || options.n !== undefined ? { n } : {}
    const request = bodyOf({ ...body, ...several, messages, tools: tools.map(functionTool) })
    const missing = leftOut(body, request)
    if (missing.length > 0) ctx.log(`left out ${missing.join(', ')}: ${model} does not take it`)
    const completion = await calling(ctx, { firstTokenTimeout, idleTimeout }, async (call) => {
      try {
        const response = await create(request, requestOptions(ctx, call.signal, timeout))
        call.heard(false)
        return stream ? await collect(response as AsyncIterable<object>, { ...call, emit: ctx.emit, n }) : response
      } catch (thrown) {
        throw call.signal.aborted ? thrown : explained(thrown, server, model)
      }
    })
    return readCompletion(completion, { model, n, prices: priced }, ctx)
  }
  const run = async ({ messages }: { messages: readonly ChatMessage[] }, ctx: RunContext) =>
    wanted.read(await complete(messages, n, wanted.specs, ctx), messages)
  const ask: ChatModel = async ({ messages, tools = wanted.specs }, ctx) => {
    const [answer] = await complete(messages, 1, tools, ctx)
    return messageOf(answer as NonNullable<typeof answer>, messages)
  }

  const node = leaf('openAIChat', {
    name,
    input: promptSchema as StandardSchema,
    run,
    output: wanted.output,
    ...(retry && { retry: modelRetry(retry) }),
    timeout,
    ...(limit && { limit }),
    description,
    tags,
    meta: { ...meta, model },
    verbose,
  })
  return define({ ...node, exposes: { ask } }) as never
}

type Given = OpenAIChatConfig<string, number, StandardSchema, Tools>
type Create = (body: object, options: object) => unknown

const functionTool = (tool: ToolSpec) => ({ type: 'function', function: tool })

function check(owner: string, { model, client }: Pick<Given, 'model' | 'client'>): void {
  if (typeof model !== 'string' || model === '') {
    throw new TypeError(`${owner} has no model. Give it the name of one: model: 'gpt-4o-mini'.`)
  }
  if (
    client !== undefined &&
    typeof (client as Partial<OpenAIClient> | null)?.chat?.completions?.create !== 'function'
  ) {
    throw new TypeError(`${owner}: client is no client of the openai package. Give new OpenAI({ … }), or apiKey.`)
  }
}

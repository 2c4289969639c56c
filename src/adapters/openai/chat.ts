import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import { define } from '../../define.ts'
import { leaf } from '../../nodes/function.ts'
import { type Prompt, promptSchema } from '../../nodes/llm-call.ts'
import type {
  CancelEvent,
  ChatMessage,
  ChatModel,
  Fn,
  Policy,
  RunContext,
  SchemaOutput,
  StandardSchema,
} from '../../types.ts'
import { clientOf, type OpenAIClient } from './client.ts'
import { type Choice, messageOf, readCompletion, textOf } from './completion.ts'
import { isTransient, unreachable } from './error.ts'
import { jsonSchemaOf, textsOf } from './json-schema.ts'
import { outputSchema } from './output.ts'
import { responseFormat } from './response-format.ts'
import { collect } from './stream.ts'

type Options = Omit<ChatCompletionCreateParamsBase, 'messages' | 'model' | 'n' | 'stream'>

/** What `openAIChat` takes: what is named here, a policy, and every other option of Chat Completions as it is. */
export interface OpenAIChatConfig<N extends string, K extends number, SO> extends Options, Policy {
  name: N
  model: ChatCompletionCreateParamsBase['model']
  /** How many answers; from 2 up the output is a list. */
  n?: K
  /** Tokens leave as events while they come. */
  stream?: boolean
  /** What the answer must be: an object makes it structured output, anything else is read from the text. */
  output?: SO
  /** A client of the `openai` package; its own retries are not used. */
  client?: OpenAIClient
  /** `OPENAI_API_KEY` by default. */
  apiKey?: string
  /** `OPENAI_BASE_URL` by default, else OpenAI's own. */
  baseURL?: string
}

type Answer<K extends number, T> = number extends K ? T | T[] : K extends 1 ? T : T[]

/**
 * A chat completion of OpenAI or of a server that speaks its language. Takes a text, messages or `{ messages }`; gives
 * the text, a list of them for `n` from 2 up, or what `output` makes of it. Events: `token` (with `stream`), `usage`,
 * `finish` and `logprobs`. With `retry`, only what may pass is tried again unless `retry.when` says otherwise:
 * a broken connection, 408, 409, 429, 5xx, `timeout` and `output_validation`.
 * Fails with `run`; `cause` is the SDK's `APIError` or an `OpenAIChatError`. An `output` whose library has no JSON
 * Schema is read from the text, as JSON too; add `response_format: { type: 'json_object' }` to have the model write it.
 *
 * @example
 * const verdict = openAIChat({ name: 'verdict', model: 'gpt-4o-mini', temperature: 0, output: z.enum(['good', 'bad']) })
 * await verdict.run('Good or bad? I have never missed a payment.') // 'good'
 */
export function openAIChat<const N extends string, const K extends number = 1, SO extends StandardSchema = never>(
  config: OpenAIChatConfig<N, K, SO>,
): Fn<Prompt, Answer<K, [SO] extends [never] ? string : SchemaOutput<SO>>, N, CancelEvent> {
  const { name, client, apiKey, baseURL, output, retry, timeout, limit, description, tags, meta, verbose, ...options } =
    config as unknown as OpenAIChatConfig<string, number, StandardSchema>
  const { model, n = 1, stream } = options
  check(`openAIChat ${String(name)}`, { model, n, client })
  // What is no schema is left to the check of the node, which says so.
  const schema = output?.['~standard'] ? output : undefined
  const jsonSchema = schema && jsonSchemaOf(schema)
  const json = jsonSchema?.type === 'object'
  const body = {
    ...(json && { response_format: responseFormat(name, jsonSchema) }),
    ...options,
    ...(stream && { stream_options: { include_usage: true, ...options.stream_options } }),
  }

  const complete = async (changes: object, ctx: RunContext) => {
    const { chat } = await clientOf({ client, apiKey, baseURL })
    const create = chat.completions.create.bind(chat.completions) as Create
    const response = await request(create, { ...body, ...changes }, requestOptions(ctx, timeout))
    return readCompletion(stream ? await collect(response as AsyncIterable<object>, n, ctx) : response, ctx)
  }
  const run = async ({ messages }: { messages: readonly ChatMessage[] }, ctx: RunContext) => {
    const texts = (await complete({ messages }, ctx)).map(textOf)
    return n === 1 ? texts[0] : texts
  }
  const ask: ChatModel = async ({ messages, tools = [] }, ctx) => {
    const changes = {
      messages,
      n: 1,
      ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    }
    const [choice] = await complete(changes, ctx)
    return messageOf(choice as Choice)
  }

  const node = leaf('openAIChat', {
    name,
    input: promptSchema as StandardSchema,
    run,
    ...(output !== undefined && {
      output: schema ? outputSchema(schema, { json, texts: textsOf(jsonSchema ?? {}), many: n > 1 }) : output,
    }),
    ...(retry && { retry: { ...retry, when: retry.when ?? isTransient } }),
    timeout,
    ...(limit && { limit }),
    description,
    tags,
    meta: { ...meta, model },
    verbose,
  })
  return define({ ...node, exposes: { ask } }) as never
}

type Create = (body: object, options: object) => unknown

async function request(create: Create, body: object, options: { signal: AbortSignal }): Promise<unknown> {
  try {
    return await create(body, options)
  } catch (thrown) {
    throw options.signal.aborted ? thrown : unreachable(thrown)
  }
}

/** The retries are the node's own, so that they are states that can be seen, stopped and resumed. */
const requestOptions = ({ signal, idempotencyKey }: RunContext, timeout: number | undefined) => ({
  signal,
  maxRetries: 0,
  // The SDK has the option, yet no name for the header; and a header holds plain ASCII only.
  idempotencyKey,
  headers: { 'Idempotency-Key': idempotencyKey.replaceAll(/[^\x20-\x7e]+/g, encodeURIComponent) },
  // The node's own timeout comes first; the SDK's default of ten minutes must not end a longer one.
  ...(timeout !== undefined && { timeout: timeout + 1000 }),
})

type Given = Pick<OpenAIChatConfig<string, number, never>, 'model' | 'n' | 'client'>

function check(owner: string, { model, n, client }: Given): void {
  if (typeof model !== 'string' || model === '') {
    throw new TypeError(`${owner} has no model. Give it the name of one: model: 'gpt-4o-mini'.`)
  }
  if (!Number.isInteger(n) || Number(n) < 1) {
    throw new TypeError(`${owner}: n is ${String(n)}. It counts answers: give a whole number from 1 up.`)
  }
  if (
    client !== undefined &&
    typeof (client as Partial<OpenAIClient> | null)?.chat?.completions?.create !== 'function'
  ) {
    throw new TypeError(`${owner}: client is no client of the openai package. Give new OpenAI({ … }), or apiKey.`)
  }
}

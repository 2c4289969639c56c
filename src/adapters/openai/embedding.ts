import type { EmbeddingCreateParams } from 'openai/resources/embeddings'
import { formatValue } from '../../border/format-value.ts'
import { define } from '../../define.ts'
import { modelRetry, ModelError } from '../../models/failure/model-error.ts'
import { withTimeouts, idempotencyHeader } from '../../models/request-timeout.ts'
import { withCost } from '../../models/cost.ts'
import { checkPrices, type Prices } from '../../models/prices.ts'
import { leaf } from '../../nodes/function.ts'
import type { CancelEvent, Described, Fn, Policy, RunContext, RunOptions, StandardSchema } from '../../types.ts'
import {
  type ClientOptions,
  resolveClient,
  type OpenAIEmbeddingClient,
  type OrUndefined,
  requestOptions,
} from './client.ts'
import { annotateSdkError } from './sdk-error.ts'
import { checkEmbeddingOptions } from './parameters.ts'
import { openAIPrices } from './prices.ts'
import { readTokenUsage } from './wire/usage.ts'

/** The config of `openAIEmbedding`: these options, a policy, and all other options of the API. */
export interface OpenAIEmbeddingConfig<N extends string, M extends boolean>
  extends OrUndefined<Omit<EmbeddingCreateParams, 'input' | 'model'>>, Policy, ClientOptions<OpenAIEmbeddingClient> {
  name: N
  model: EmbeddingCreateParams['model']
  /**
   * Types the input as an array, for a pipeline that passes arrays. At run time, a string and an array are both
   * accepted.
   */
  many?: M | undefined
  /** Override `openAIPrices`. */
  prices?: Prices | undefined
}

/** A string becomes a vector, an array of strings an array of vectors in the same order. */
export interface OpenAIEmbedding<N extends string> extends Fn<string, number[], N, CancelEvent> {
  run(texts: readonly string[], options?: RunOptions): Promise<number[][]>
  run(text: string, options?: RunOptions): Promise<number[]>
}

/** The largest number of texts in one request to OpenAI; a longer array is sent in several requests. */
const MAX_BATCH_SIZE = 2048

/**
 * Embeddings of OpenAI or of a compatible server: a string becomes a vector, an array of strings an array of vectors.
 * Events: `usage`. Retries as `openAIChat` does. Fails with `run`; `cause` is the SDK's `APIError` or a `ModelError`.
 *
 * @example
 * const embed = openAIEmbedding({ name: 'embed', model: 'text-embedding-3-small' })
 * const vector = await embed.run('What is a statechart?')
 * const vectors = await embed.run(['one text', 'another'])
 */
export function openAIEmbedding<const N extends string, const M extends boolean = false, D extends string = never>(
  config: OpenAIEmbeddingConfig<N, M> & { description?: D | undefined },
): (M extends true ? Fn<readonly string[], number[][], N, CancelEvent> : OpenAIEmbedding<N>) &
  Described<D, never, never> {
  checkEmbeddingOptions(config)
  const { client, apiKey, baseURL, retry, timeout, limit, prices, many: _, ...others } = config
  const { name, description, tags, meta, verbose, ...options } = others
  const { model } = options
  const owner = `openAIEmbedding ${String(name)}`
  if (typeof model !== 'string' || model === '') {
    throw new TypeError(
      `${owner}: model is ${formatValue(model)}. Give the name of a model: model: 'text-embedding-3-small'.`,
    )
  }
  checkPrices(owner, prices)
  if (
    client !== undefined &&
    typeof (client as Partial<OpenAIEmbeddingClient> | null)?.embeddings?.create !== 'function'
  ) {
    throw new TypeError(
      `${owner}: client is ${formatValue(client)}, not a client of the openai package. Give new OpenAI({ … }), or apiKey.`,
    )
  }
  const priced = { ...openAIPrices, ...prices }

  const embed = async (input: string[], ctx: RunContext): Promise<number[][]> => {
    const server = await resolveClient({ client, apiKey, baseURL })
    const { embeddings } = server
    const create = embeddings.create.bind(embeddings) as unknown as (body: object, options: object) => unknown
    // Without a format the SDK requests base64, which not every server supports.
    const body = { encoding_format: 'float', ...options, input }
    const response = await withTimeouts(ctx, {}, async ({ signal }) => {
      try {
        return await create(body, requestOptions(idempotencyHeader(ctx), signal, timeout))
      } catch (thrown) {
        throw signal.aborted ? thrown : annotateSdkError(thrown, server, model)
      }
    })
    const { data, usage } = Object(response) as { data?: EmbeddingItem[]; usage?: unknown }
    const tokens = readTokenUsage(usage)
    if (tokens) ctx.emit({ type: 'usage', ...withCost(tokens, model, priced) })
    return orderedVectors(data, input.length)
  }
  const run = async (input: string | readonly string[], ctx: RunContext): Promise<number[] | number[][]> => {
    if (typeof input === 'string') return (await embed([input], ctx))[0] as number[]
    const vectors: number[][] = []
    for (let at = 0; at < input.length; at += MAX_BATCH_SIZE) {
      // Each request needs its own key; with the same key a server may return the first response again.
      const idempotencyKey = at === 0 ? ctx.idempotencyKey : `${ctx.idempotencyKey}:${at}`
      vectors.push(...(await embed(input.slice(at, at + MAX_BATCH_SIZE), { ...ctx, idempotencyKey })))
    }
    return vectors
  }

  const node = leaf('openAIEmbedding', {
    name,
    input: embeddingInputSchema,
    run,
    ...(retry && { retry: modelRetry(retry) }),
    timeout,
    ...(limit && { limit }),
    description,
    tags,
    meta: { ...meta, model },
    verbose,
  })
  return define({ ...node, facts: { ...node.facts, service: 'openai' } }) as never
}

type EmbeddingItem = { index?: number; embedding?: unknown }

/** The vectors in the order of their texts. */
function orderedVectors(data: EmbeddingItem[] | undefined, expected: number): number[][] {
  const vectors: unknown[] = []
  for (const [place, { index = place, embedding }] of (Array.isArray(data) ? data : []).entries())
    vectors[index] = embedding
  if (
    vectors.length === expected &&
    Array.from(vectors).every((vector) => Array.isArray(vector) && vector.length > 0)
  ) {
    return vectors as number[][]
  }
  throw new ModelError(
    'no_answer',
    `the server returned ${vectors.length} embeddings for ${expected} texts, or an invalid one. Check the model, and that baseURL (or OPENAI_BASE_URL) is the URL of an OpenAI-compatible API`,
  )
}

const embeddingInputSchema: StandardSchema = {
  '~standard': {
    version: 1,
    vendor: 'tinyllm',
    validate: (value) => {
      if (typeof value === 'string') return value ? { value } : { issues: [{ message: 'expected a non-empty string' }] }
      if (!Array.isArray(value)) return { issues: [{ message: 'expected a string or an array of strings' }] }
      const issues = value.flatMap((text: unknown, index) =>
        typeof text === 'string' && text ? [] : [{ message: 'expected a non-empty string', path: [index] }],
      )
      return issues.length > 0 ? { issues } : { value }
    },
  },
}

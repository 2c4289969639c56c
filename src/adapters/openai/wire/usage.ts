import { isPlainObject } from '../../../border/shape.ts'
import { tokenCount } from '../../../models/token-count.ts'
import type { TokenUsage } from '../../../models/prices.ts'

type UsageFields = Readonly<Record<string, unknown>>

/**
 * The usage that a server reported; undefined if it reported none. A missing count is derived from the others, or 0.
 */
export function readTokenUsage(usage: unknown): TokenUsage | undefined {
  const given = Object(usage) as UsageFields
  const total = tokenCount(given.total_tokens)
  const input = tokenCount(given.prompt_tokens) ?? tokenCount(given.input_tokens)
  const output = tokenCount(given.completion_tokens) ?? tokenCount(given.output_tokens)
  const cost = tokenCount(given.cost)
  if ([input, output, total, cost].every((count) => count === undefined)) return undefined
  const cachedInputTokens = largestCount(given, 'cached_tokens', 'prompt_cache_hit_tokens', 'cache_read_input_tokens')
  const cacheWriteTokens = largestCount(
    given,
    'cache_write_tokens',
    'cache_creation_tokens',
    'cache_creation_input_tokens',
  )
  const reported = input ?? Math.max((total ?? 0) - (output ?? 0), 0)
  // Anthropic's input count excludes tokens that were read from the cache or written to it; all others include them.
  const isRest =
    (given.prompt_tokens === undefined && given.cache_read_input_tokens !== undefined) ||
    cachedInputTokens + cacheWriteTokens > reported
  const inputTokens = isRest ? reported + cachedInputTokens + cacheWriteTokens : reported
  const reasoningTokens =
    detailCount(given, 'completion_tokens_details', 'reasoning_tokens') ??
    detailCount(given, 'output_tokens_details', 'reasoning_tokens')
  return {
    inputTokens,
    outputTokens: output ?? Math.max((total ?? 0) - reported, 0),
    ...(cachedInputTokens && { cachedInputTokens }),
    ...(cacheWriteTokens && { cacheWriteTokens }),
    ...(reasoningTokens && { reasoningTokens }),
    ...(cost !== undefined && { cost }),
  }
}

/** The largest of several keys for one count, at the top or in the details: some servers send 0 for unused keys. */
const largestCount = (given: UsageFields, ...keys: readonly string[]): number =>
  Math.max(
    0,
    ...keys.flatMap((key) =>
      [given, given.prompt_tokens_details, given.input_tokens_details].map(
        (of) => tokenCount((Object(of) as UsageFields)[key]) ?? 0,
      ),
    ),
  )

const detailCount = (given: UsageFields, of: string, key: string): number | undefined =>
  tokenCount((Object(given[of]) as UsageFields)[key])

/** Merges the usage of chunks: some servers send cumulative counts in each, some different counts in each. */
export function mergeUsage(known: unknown, given: unknown): unknown {
  if (!isPlainObject(given)) return given ?? known
  if (!isPlainObject(known)) return given
  const merged = Object.entries(given).map(([key, value]) => [key, mergeCount(known[key], value)])
  return { ...known, ...Object.fromEntries(merged) }
}

function mergeCount(known: unknown, given: unknown): unknown {
  const [before, now] = [tokenCount(known), tokenCount(given)]
  if (before !== undefined && now !== undefined) return Math.max(before, now)
  return mergeUsage(known, given)
}

/** The usage in a chunk, under the keys of all servers. */
export function findUsage(value: unknown): unknown {
  const { usage, x_groq } = Object(value) as { usage?: unknown; x_groq?: { usage?: unknown } | null }
  return usage ?? x_groq?.usage
}

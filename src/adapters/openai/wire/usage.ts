import { isPlainObject } from '../../../border/shape.ts'
import { countOf } from '../../../models/counting.ts'
import type { Tokens } from '../../../models/prices.ts'

type Given = Readonly<Record<string, unknown>>

/** The tokens that a server counted; undefined where it counted none. What it gives in part are numbers all the same. */
export function tokensOf(usage: unknown): Tokens | undefined {
  const given = Object(usage) as Given
  const total = countOf(given.total_tokens)
  const input = countOf(given.prompt_tokens) ?? countOf(given.input_tokens)
  const output = countOf(given.completion_tokens) ?? countOf(given.output_tokens)
  const cost = countOf(given.cost)
  if ([input, output, total, cost].every((count) => count === undefined)) return undefined
  const cachedInputTokens = mostOf(given, 'cached_tokens', 'prompt_cache_hit_tokens', 'cache_read_input_tokens')
  const cacheWriteTokens = mostOf(given, 'cache_write_tokens', 'cache_creation_tokens', 'cache_creation_input_tokens')
  const said = input ?? Math.max((total ?? 0) - (output ?? 0), 0)
  // Anthropic's own count is of what was neither read from the cache nor written to it; all others count all.
  const isRest =
    (given.prompt_tokens === undefined && given.cache_read_input_tokens !== undefined) ||
    cachedInputTokens + cacheWriteTokens > said
  const inputTokens = isRest ? said + cachedInputTokens + cacheWriteTokens : said
  const reasoningTokens =
    detail(given, 'completion_tokens_details', 'reasoning_tokens') ??
    detail(given, 'output_tokens_details', 'reasoning_tokens')
  return {
    inputTokens,
    outputTokens: output ?? Math.max((total ?? 0) - said, 0),
    ...(cachedInputTokens && { cachedInputTokens }),
    ...(cacheWriteTokens && { cacheWriteTokens }),
    ...(reasoningTokens && { reasoningTokens }),
    ...(cost !== undefined && { cost }),
  }
}

/** Of what servers call one count, beside the others or among the details: some give a zero for those they do not use. */
const mostOf = (given: Given, ...keys: readonly string[]): number =>
  Math.max(
    0,
    ...keys.flatMap((key) =>
      [given, given.prompt_tokens_details, given.input_tokens_details].map(
        (of) => countOf((Object(of) as Given)[key]) ?? 0,
      ),
    ),
  )

const detail = (given: Given, of: string, key: string): number | undefined => countOf((Object(given[of]) as Given)[key])

/** What is known after another piece of a stream: some count in each, up to there, and some a part in each. */
export function moreUsage(known: unknown, given: unknown): unknown {
  if (!isPlainObject(given)) return given ?? known
  if (!isPlainObject(known)) return given
  const merged = Object.entries(given).map(([key, value]) => [key, moreOf(known[key], value)])
  return { ...known, ...Object.fromEntries(merged) }
}

function moreOf(known: unknown, given: unknown): unknown {
  const [before, now] = [countOf(known), countOf(given)]
  if (before !== undefined && now !== undefined) return Math.max(before, now)
  return moreUsage(known, given)
}

/** Where the servers put it. */
export function usageIn(value: unknown): unknown {
  const { usage, x_groq } = Object(value) as { usage?: unknown; x_groq?: { usage?: unknown } | null }
  return usage ?? x_groq?.usage
}

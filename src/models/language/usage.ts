import { countOf } from '../counting.ts'
import type { Tokens as Used } from '../prices.ts'

type Detail = { total?: number; cacheRead?: number; cacheWrite?: number; reasoning?: number }
type Count = number | undefined | Detail
/** What an AI SDK model says that it used: of version 2 numbers, of 3 and 4 with their parts. */
export type Tokens = {
  inputTokens?: Count
  outputTokens?: Count
  cachedInputTokens?: number
  reasoningTokens?: number
  totalTokens?: number
  raw?: unknown
}
type Told = {
  usage: Tokens | undefined
  providerMetadata: unknown
  provider: string
  specificationVersion: string
}

/**
 * What was used, as events tell it: input with what came from the cache and went into it. Nothing where the server said
 * nothing.
 */
export function usageOf({ usage: given, providerMetadata, provider, specificationVersion }: Told): Used | undefined {
  const usage = (given ?? {}) as Tokens
  const [input, output] = [usage.inputTokens, usage.outputTokens].map(detailOf) as [Detail, Detail]
  const cached = countOf(input.cacheRead ?? usage.cachedInputTokens)
  const written = countOf(input.cacheWrite ?? writtenIn(providerMetadata))
  const reasoning = countOf(output.reasoning ?? usage.reasoningTokens)
  const cost = costIn(usage.raw, providerMetadata)
  // Packages make a 0 of what a server did not count.
  const told = [input.total, output.total, cached, written, reasoning, cost].some((count) => (countOf(count) ?? 0) > 0)
  if (!told) return undefined
  const excluded = specificationVersion === 'v2' && excludesCache(provider, input.total, cached)
  return {
    inputTokens: (countOf(input.total) ?? 0) + (excluded ? (cached ?? 0) + (written ?? 0) : 0),
    outputTokens: (countOf(output.total) ?? 0) + (isApart(usage, reasoning) ? (reasoning ?? 0) : 0),
    ...(cached && { cachedInputTokens: cached }),
    ...(written && { cacheWriteTokens: written }),
    ...(reasoning && { reasoningTokens: reasoning }),
    ...(cost !== undefined && { cost }),
  }
}

/** Of version 2, Google's packages count what the model thought beside its answer: the sum tells. */
const isApart = ({ inputTokens, outputTokens, totalTokens }: Tokens, reasoning = 0): boolean =>
  reasoning > 0 && totalTokens === Number(inputTokens) + Number(outputTokens) + reasoning

const detailOf = (count: Count | null): Detail =>
  typeof count === 'object' && count !== null ? count : { total: countOf(count) as number }

/** Version 2 leaves it to each package whether its count of input has what came from the cache. These have it. */
const INCLUDES_CACHE = /\.(chat|completions?|responses)$|^(google|openai|azure|openrouter|ollama)\b|generative-ai/
const excludesCache = (provider: string, input = 0, cached = 0): boolean =>
  cached > input || !INCLUDES_CACHE.test(provider)

type Metadata = Readonly<Record<string, { usage?: unknown; cost?: unknown; cacheCreationInputTokens?: unknown }>>
const metadataOf = (metadata: unknown): Metadata[string][] =>
  Object.values(Object(metadata) as Metadata).map((each) => Object(each) as Metadata[string])

/** Version 2 has no word for what went into the cache; Anthropic and Bedrock say it beside. */
function writtenIn(metadata: unknown): unknown {
  for (const { cacheCreationInputTokens, usage } of metadataOf(metadata)) {
    const said =
      cacheCreationInputTokens ?? (Object(usage) as { cacheWriteInputTokens?: unknown }).cacheWriteInputTokens
    if (countOf(said) !== undefined) return said
  }
  return undefined
}

/** Routers know what a call cost. */
function costIn(raw: unknown, metadata: unknown): number | undefined {
  const said = [raw, ...metadataOf(metadata).flatMap((each) => [each.usage, each])]
  return said.map((each) => countOf((Object(each) as { cost?: unknown }).cost)).find((cost) => cost !== undefined)
}

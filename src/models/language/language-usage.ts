import { tokenCount } from '../token-count.ts'
import type { TokenUsage as Used } from '../prices.ts'

type TokenDetails = { total?: number; cacheRead?: number; cacheWrite?: number; reasoning?: number }
type TokenCount = number | undefined | TokenDetails
/** The usage of an AI SDK model: numbers in specification 2, numbers with details in 3 and 4. */
export type LanguageUsage = {
  inputTokens?: TokenCount
  outputTokens?: TokenCount
  cachedInputTokens?: number
  reasoningTokens?: number
  totalTokens?: number
  raw?: unknown
}
type UsageSource = {
  usage: LanguageUsage | undefined
  providerMetadata: unknown
  provider: string
  specificationVersion: string
}

/**
 * The usage of a call, with cached tokens included in `inputTokens`. Undefined if the server reported none.
 */
export function toTokenUsage({
  usage: given,
  providerMetadata,
  provider,
  specificationVersion,
}: UsageSource): Used | undefined {
  const usage = (given ?? {}) as LanguageUsage
  const [input, output] = [usage.inputTokens, usage.outputTokens].map(tokenDetails) as [TokenDetails, TokenDetails]
  const cached = tokenCount(input.cacheRead ?? usage.cachedInputTokens)
  const written = tokenCount(input.cacheWrite ?? cacheWriteTokens(providerMetadata))
  const reasoning = tokenCount(output.reasoning ?? usage.reasoningTokens)
  const cost = reportedCost(usage.raw, providerMetadata)
  // Packages report 0 for what a server did not count.
  const isReported = [input.total, output.total, cached, written, reasoning, cost].some(
    (count) => (tokenCount(count) ?? 0) > 0,
  )
  if (!isReported) return undefined
  const excluded = specificationVersion === 'v2' && excludesCache(provider, input.total, cached)
  return {
    inputTokens: (tokenCount(input.total) ?? 0) + (excluded ? (cached ?? 0) + (written ?? 0) : 0),
    outputTokens: (tokenCount(output.total) ?? 0) + (isReasoningSeparate(usage, reasoning) ? (reasoning ?? 0) : 0),
    ...(cached && { cachedInputTokens: cached }),
    ...(written && { cacheWriteTokens: written }),
    ...(reasoning && { reasoningTokens: reasoning }),
    ...(cost !== undefined && { cost }),
  }
}

/** In specification 2, Google's packages exclude reasoning from outputTokens: the total shows it. */
const isReasoningSeparate = ({ inputTokens, outputTokens, totalTokens }: LanguageUsage, reasoning = 0): boolean =>
  reasoning > 0 && totalTokens === Number(inputTokens) + Number(outputTokens) + reasoning

const tokenDetails = (count: TokenCount | null): TokenDetails =>
  typeof count === 'object' && count !== null ? count : { total: tokenCount(count) as number }

/** In specification 2, it depends on the package whether inputTokens includes cached tokens. In these it does. */
const INCLUDES_CACHE = /\.(chat|completions?|responses)$|^(google|openai|azure|openrouter|ollama)\b|generative-ai/
const excludesCache = (provider: string, input = 0, cached = 0): boolean =>
  cached > input || !INCLUDES_CACHE.test(provider)

type ProviderMetadata = Readonly<
  Record<string, { usage?: unknown; cost?: unknown; cacheCreationInputTokens?: unknown }>
>
const metadataByProvider = (metadata: unknown): ProviderMetadata[string][] =>
  Object.values(Object(metadata) as ProviderMetadata).map((each) => Object(each) as ProviderMetadata[string])

/** Specification 2 has no field for tokens written to the cache; Anthropic and Bedrock report them as metadata. */
function cacheWriteTokens(metadata: unknown): unknown {
  for (const { cacheCreationInputTokens, usage } of metadataByProvider(metadata)) {
    const reported =
      cacheCreationInputTokens ?? (Object(usage) as { cacheWriteInputTokens?: unknown }).cacheWriteInputTokens
    if (tokenCount(reported) !== undefined) return reported
  }
  return undefined
}

/** Routers report the cost of a call. */
function reportedCost(raw: unknown, metadata: unknown): number | undefined {
  const reported = [raw, ...metadataByProvider(metadata).flatMap((each) => [each.usage, each])]
  return reported
    .map((each) => tokenCount((Object(each) as { cost?: unknown }).cost))
    .find((cost) => cost !== undefined)
}

import type { Price, Prices, TokenUsage } from './prices.ts'

/** The usage with its cost, unless the server reported one or the price is not known. */
export function withCost<T extends TokenUsage>(usage: T, model: string, prices: Prices): T {
  const price = priceOf(model, prices)
  if (usage.cost !== undefined || !price) return usage
  const { inputTokens, outputTokens, cachedInputTokens: read = 0, cacheWriteTokens: written = 0 } = usage
  const { input, output, cachedInput = input, cacheWrite = input } = price
  const plain = Math.max(inputTokens - read - written, 0)
  const millionfold = plain * input + read * cachedInput + written * cacheWrite + outputTokens * output
  // Rounded, to remove floating-point noise.
  return { ...usage, cost: Number((millionfold / 1e6).toPrecision(12)) }
}

function priceOf(model: string, prices: Prices): Price | undefined {
  for (const id of [model, model.replace(/-\d{4}-?\d{2}-?\d{2}$/, '')]) {
    if (Object.hasOwn(prices, id)) return prices[id]
  }
  return undefined
}

import { checkOptions } from '../border/options.ts'
import { FROM_ZERO, said } from '../border/ranges.ts'

/**
 * What a model costs for a million tokens, in a currency of your choice. Input that comes from the provider's cache, and
 * input that is written to it, cost as much as other if not said.
 */
export type Price = { input: number; output: number; cachedInput?: number; cacheWrite?: number }
/** Prices by model id; an id also stands for its dated versions (`gpt-4o` for `gpt-4o-2024-08-06`). */
export type Prices = Readonly<Record<string, Price>>
/** What a call used: `inputTokens` are all of them, those of the cache among them. */
export type TokenUsage = {
  inputTokens: number
  outputTokens: number
  cachedInputTokens?: number
  cacheWriteTokens?: number
  reasoningTokens?: number
  cost?: number
}

export function checkPrices(owner: string, prices: unknown): void {
  if (prices === undefined) return
  if (typeof prices !== 'object' || prices === null)
    throw new TypeError(`${owner}: prices is ${said(prices)}. Give { 'a-model': { input, output } }.`)
  for (const [model, price] of Object.entries(prices) as [string, unknown][]) {
    const { input, output, cachedInput = 0, cacheWrite = 0 } = Object(price) as Partial<Price>
    if (![input, output, cachedInput, cacheWrite].every((value) => typeof value === 'number' && FROM_ZERO.has(value)))
      throw new TypeError(
        `${owner}: the price of ${model} is not a price. Give { input, output } in dollars per million tokens.`,
      )
    checkOptions(`${owner}: the price of ${model}`, price, ['input', 'output', 'cachedInput', 'cacheWrite'])
  }
}

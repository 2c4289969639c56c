import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { NON_NEGATIVE } from '../border/ranges.ts'
import { attempt } from '../border/shape.ts'

/**
 * The price of a million tokens, in a currency of your choice. `cachedInput` (input read from the provider's cache) and
 * `cacheWrite` (input written to it) are as `input` by default.
 */
export type Price = { input: number; output: number; cachedInput?: number; cacheWrite?: number }
/** Prices by model id; an id also stands for its dated versions (`gpt-4o` for `gpt-4o-2024-08-06`). */
export type Prices = Readonly<Record<string, Price>>
/** The tokens of one call. `inputTokens` includes cached input. */
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
    throw new TypeError(`${owner}: prices is ${formatValue(prices)}. Give { 'a-model': { input, output } }.`)
  for (const [model, price] of Object.entries(prices) as [string, unknown][]) {
    const { input, output, cachedInput = 0, cacheWrite = 0 } = Object(price) as Partial<Price>
    if (
      ![input, output, cachedInput, cacheWrite].every(
        (value) => typeof value === 'number' && NON_NEGATIVE.includes(value),
      )
    )
      throw new TypeError(
        `${owner}: the price of ${model} is not a price: ${typeof price === 'object' ? (attempt(() => JSON.stringify(price)) ?? 'an object') : formatValue(price)}. Give { input, output } in dollars per million tokens.`,
      )
    checkOptions(`${owner}: the price of ${model}`, price, ['input', 'output', 'cachedInput', 'cacheWrite'])
  }
}

/** Token counts and cost (in the price table's currency, usually US dollars) of a run so far. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  cost: number
}

type RequestOptions = Readonly<Record<string, unknown>>

/** The o-series and GPT-5, also with a router's prefix or as a fine-tune; `gpt-5-chat` is not a reasoning model. */
const REASONING_MODEL = /(?:^|[/:])(?:o\d|gpt-5(?!-chat))/
/** OpenAI's models that are known not to be reasoning models. */
const NON_REASONING_MODEL = /(?:^|[/:])(?:gpt-3\.5|gpt-4|chatgpt-4o|gpt-5-chat)/
const REASONING_UNSUPPORTED = new Set(
  'temperature top_p presence_penalty frequency_penalty logprobs top_logprobs logit_bias'.split(' '),
)
const REQUIRED_OPTION: Readonly<Record<string, string>> = {
  stream_options: 'stream',
  tool_choice: 'tools',
  parallel_tool_calls: 'tools',
  top_logprobs: 'logprobs',
}

/**
 * The body of a request without options that the model rejects: no undefined values, no option without the one that it
 * requires, and for a reasoning model none that it does not support. For an unknown model, all options are sent.
 */
export function requestBody(given: RequestOptions): Record<string, unknown> {
  const { max_tokens, max_completion_tokens, ...rest } = given
  const model = String(given.model)
  // From GPT-5.1 on, reasoning can be disabled; then all options are supported.
  const reasons = REASONING_MODEL.test(model) && given.reasoning_effort !== 'none'
  const renamed = REASONING_MODEL.test(model) || max_completion_tokens !== undefined
  const all = renamed
    ? { ...rest, max_completion_tokens: max_completion_tokens ?? max_tokens }
    : { ...rest, max_tokens }
  const isTaken = ([key, value]: [string, unknown]): boolean => {
    if (value === undefined) return false
    if (reasons && REASONING_UNSUPPORTED.has(key)) return false
    if (key === 'reasoning_effort' && NON_REASONING_MODEL.test(model)) return false
    if (key === 'tools' || key === 'stop') return !(Array.isArray(value) && value.length === 0)
    const other = REQUIRED_OPTION[key]
    return other === undefined || isPresent(given[other])
  }
  return Object.fromEntries(Object.entries(all).filter(isTaken))
}

/** The options that were left out for a reasoning model. */
export const omittedOptions = (given: RequestOptions, body: RequestOptions): string[] =>
  [...REASONING_UNSUPPORTED].filter((key) => given[key] !== undefined && !(key in body))

const isPresent = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

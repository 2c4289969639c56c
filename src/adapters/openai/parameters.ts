import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions'
import { checkSpelling, POLICY_OPTIONS } from '../../border/options.ts'
import { formatValue } from '../../border/format-value.ts'
import {
  numberBetween,
  checkNumber,
  POSITIVE_INTEGER,
  FINITE,
  NON_NEGATIVE,
  type NumberRange,
} from '../../border/ranges.ts'

type ChatParameterName = keyof Omit<ChatCompletionCreateParamsBase, 'messages'>
/** OpenAI's parameters; the compiler requires each one here. */
const chatParameters: Readonly<Record<ChatParameterName, true>> = {
  model: true,
  audio: true,
  frequency_penalty: true,
  function_call: true,
  functions: true,
  logit_bias: true,
  logprobs: true,
  max_completion_tokens: true,
  max_tokens: true,
  metadata: true,
  modalities: true,
  moderation: true,
  n: true,
  parallel_tool_calls: true,
  prediction: true,
  presence_penalty: true,
  prompt_cache_key: true,
  prompt_cache_options: true,
  prompt_cache_retention: true,
  reasoning_effort: true,
  response_format: true,
  safety_identifier: true,
  seed: true,
  service_tier: true,
  stop: true,
  store: true,
  stream: true,
  stream_options: true,
  temperature: true,
  tool_choice: true,
  tools: true,
  top_logprobs: true,
  top_p: true,
  user: true,
  verbosity: true,
  web_search_options: true,
}
const accessOptions = ['client', 'apiKey', 'baseURL', 'prices']
const CHAT_OPTIONS = [
  'name',
  ...accessOptions,
  'output',
  'firstTokenTimeout',
  'idleTimeout',
  ...POLICY_OPTIONS,
  ...Object.keys(chatParameters),
]
const EMBEDDING_OPTIONS = [
  'name',
  'model',
  'many',
  ...accessOptions,
  'dimensions',
  'encoding_format',
  'user',
  ...POLICY_OPTIONS,
]

/** Options of other servers that resemble a name of OpenAI's. */
const SIMILAR_NAMES = ['models']
/** Options that have another name or place here, and would have no effect. */
const MISPLACED_OPTIONS: Readonly<Record<string, string>> = {
  messages: 'Messages are the input: give them to run(…).',
  input: 'The input is given to run(…).',
  maxRetries: 'Give retry: { attempts: 3 }.',
  max_retries: 'Give retry: { attempts: 3 }.',
  // Names of the AI SDK.
  maxOutputTokens: 'Give max_completion_tokens.',
  maxTokens: 'Give max_completion_tokens.',
  system: "Give a message with role: 'system' in the input, or a template.",
  stopSequences: 'Give stop.',
  topP: 'Give top_p.',
  frequencyPenalty: 'Give frequency_penalty.',
  presencePenalty: 'Give presence_penalty.',
  toolChoice: 'Give tool_choice.',
  providerOptions: 'Move its fields next to the other options: all options are sent to the server.',
  extra_body: 'Move its fields next to the other options: all options are sent to the server.',
}

const numericParameters: readonly (readonly [string, NumberRange])[] = [
  ['n', { ...POSITIVE_INTEGER, description: 'a whole number from 1 up (it counts answers)' }],
  ['temperature', NON_NEGATIVE],
  ['top_p', numberBetween(0, 1)],
  ['max_tokens', POSITIVE_INTEGER],
  ['max_completion_tokens', POSITIVE_INTEGER],
  ['dimensions', POSITIVE_INTEGER],
  ['top_logprobs', NON_NEGATIVE],
  ['frequency_penalty', FINITE],
  ['presence_penalty', FINITE],
  ['seed', FINITE],
]

export const checkChatOptions = (config: unknown): void => checkOptionsOf('openAIChat', config, CHAT_OPTIONS)
export const checkEmbeddingOptions = (config: unknown): void =>
  checkOptionsOf('openAIEmbedding', config, EMBEDDING_OPTIONS)

/**
 * Unknown options are sent to the server, which may be newer or another one, unless they look like a misspelt name.
 * Numbers that JSON cannot represent are rejected, because they would be sent as null.
 */
function checkOptionsOf(factory: string, config: unknown, known: readonly string[]): void {
  const { name } = Object(config) as { name?: unknown }
  const owner = typeof name === 'string' ? `${factory} ${name}` : factory
  const given = Object(config) as Readonly<Record<string, unknown>>
  for (const [key, advice] of Object.entries(MISPLACED_OPTIONS)) {
    if (given[key] !== undefined && !known.includes(key))
      throw new TypeError(`${owner} has no option "${key}". ${advice}`)
  }
  checkSpelling(owner, config, known, SIMILAR_NAMES)
  // The API itself accepts null for "not given", except for these two.
  const isNull = (field: string) => given[field] === null && field !== 'n' && field !== 'dimensions'
  for (const [field, range] of numericParameters) if (!isNull(field)) checkNumber(owner, field, given[field], range)
  for (const [field, value] of Object.entries(given)) {
    if (typeof value === 'number' && !POLICY_OPTIONS.includes(field)) checkNumber(owner, field, value, FINITE)
  }
  for (const field of ['apiKey', 'baseURL']) {
    if (given[field] === undefined || typeof given[field] === 'string') continue
    throw new TypeError(`${owner}: ${field} is ${formatValue(given[field])}. Give a string, or leave it out.`)
  }
}

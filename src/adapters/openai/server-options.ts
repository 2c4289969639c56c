type Data = Readonly<Record<string, unknown>>

/**
 * What servers that speak OpenAI's language take beside its options (vLLM, llama.cpp, Ollama, SGLang, OpenRouter, Groq,
 * Mistral, DeepSeek, Together …); handed on as it is. One that is not here goes by a spread: `...{ new_option: 1 }`.
 */
export interface ServerOptions {
  top_k?: number
  top_a?: number
  min_p?: number
  typical_p?: number
  repetition_penalty?: number
  repeat_penalty?: number
  min_tokens?: number
  ignore_eos?: boolean
  stop_token_ids?: readonly number[]
  skip_special_tokens?: boolean
  random_seed?: number
  chat_template_kwargs?: Data
  guided_json?: Data | string
  guided_regex?: string
  guided_choice?: readonly string[]
  guided_grammar?: string
  structured_outputs?: Data
  grammar?: string
  cache_prompt?: boolean
  keep_alive?: string | number
  enable_thinking?: boolean
  thinking_budget?: number
  thinking?: Data
  reasoning?: Data
  reasoning_format?: string
  include_reasoning?: boolean
  safe_prompt?: boolean
  prompt_mode?: string | null
  models?: readonly string[]
  route?: string
  transforms?: readonly string[]
  plugins?: readonly Data[]
  provider?: Data
  usage?: Data
  search_parameters?: Data
}

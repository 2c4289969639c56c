type JsonData = Readonly<Record<string, unknown>>

/**
 * Options of OpenAI-compatible servers (vLLM, llama.cpp, Ollama, SGLang, OpenRouter, Groq, Mistral, DeepSeek, Together
 * …), which are sent unchanged. Pass an option that is missing here by a spread: `...{ new_option: 1 }`.
 */
export interface ServerOptions {
  top_k?: number | undefined
  top_a?: number | undefined
  min_p?: number | undefined
  typical_p?: number | undefined
  repetition_penalty?: number | undefined
  repeat_penalty?: number | undefined
  min_tokens?: number | undefined
  ignore_eos?: boolean | undefined
  stop_token_ids?: readonly number[] | undefined
  skip_special_tokens?: boolean | undefined
  random_seed?: number | undefined
  chat_template_kwargs?: JsonData | undefined
  guided_json?: JsonData | string | undefined
  guided_regex?: string | undefined
  guided_choice?: readonly string[] | undefined
  guided_grammar?: string | undefined
  structured_outputs?: JsonData | undefined
  grammar?: string | undefined
  cache_prompt?: boolean | undefined
  keep_alive?: string | number | undefined
  enable_thinking?: boolean | undefined
  thinking_budget?: number | undefined
  thinking?: JsonData | undefined
  reasoning?: JsonData | undefined
  reasoning_format?: string | undefined
  include_reasoning?: boolean | undefined
  safe_prompt?: boolean | undefined
  prompt_mode?: string | null | undefined
  models?: readonly string[] | undefined
  route?: string | undefined
  transforms?: readonly string[] | undefined
  plugins?: readonly JsonData[] | undefined
  provider?: JsonData | undefined
  usage?: JsonData | undefined
  search_parameters?: JsonData | undefined
}

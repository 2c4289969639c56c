/** What a server says where it does not answer. */
export type Problems = {
  /** The body where it refuses a request with this status. */
  problem(status: number, message: string): object
  /** What comes in the midst of a stream where it is overloaded. */
  readonly overloaded: string
  /** How it names the time to wait, beside `retry-after`: the headers of it, for 300 to 1000 ms. */
  waits?(): Record<string, string>
}

const data = (event: object) => `data: ${JSON.stringify(event)}\n\n`

const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}
const anthropic = (type: string, message: string) => ({ type: 'error', error: { type, message }, request_id: 'req_1' })
export const anthropicProblems: Problems = {
  problem: (status, message) => anthropic(anthropicTypes[status] ?? 'api_error', message),
  overloaded: `event: error\ndata: ${JSON.stringify(anthropic('overloaded_error', 'Overloaded'))}\n\n`,
  waits: () => ({
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': new Date(Date.now() + 1000).toISOString(),
  }),
}

const googleStates: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
}
const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.3s' }
const google = (code: number, message: string) => ({
  error: { code, message, status: googleStates[code] ?? 'INTERNAL', ...(code === 429 && { details: [retryInfo] }) },
})
export const googleProblems: Problems = {
  problem: google,
  overloaded: data(google(503, 'The model is overloaded. Please try again later.')),
  waits: () => ({}),
}

const chatTypes: Readonly<Record<number, string>> = {
  401: 'invalid_request_error',
  429: 'rate_limit_exceeded',
  503: 'server_error',
}
const openai = (type: string, message: string) => ({ error: { message, type, param: null, code: type } })
const reset = () => ({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '300ms' })
export const openaiProblems: Problems = {
  problem: (status, message) => openai(chatTypes[status] ?? 'server_error', message),
  overloaded: data(openai('server_error', 'The server had an error while processing your request.')),
  waits: reset,
}
export const responsesProblems: Problems = {
  ...openaiProblems,
  overloaded: `event: error\ndata: ${JSON.stringify({
    type: 'error',
    sequence_number: 99,
    error: { type: 'server_error', code: 'server_error', message: 'The server had an error.', param: null },
  })}\n\n`,
}

/** OpenRouter gives the status that it got from elsewhere as the code. */
const openrouter = (code: number, message: string) => ({ error: { code, message } })
export const openrouterProblems: Problems = {
  problem: openrouter,
  overloaded: data({ id: 'gen_1', choices: [], ...openrouter(502, 'Provider disconnected') }),
}

const mistral = (type: string, message: string) => ({ object: 'error', message, type, param: null, code: '1000' })
export const mistralProblems: Problems = {
  problem: (_, message) => mistral('error', message),
  overloaded: data(mistral('service_unavailable', 'Service temporarily unavailable.')),
}

export const bedrockProblems: Omit<Problems, 'overloaded'> = { problem: (_, message) => ({ message }) }

export const cohereProblems: Problems = {
  problem: (_, message) => ({ id: 'err_1', message }),
  overloaded: `event: message-end\ndata: ${JSON.stringify({
    type: 'message-end',
    delta: { finish_reason: 'ERROR', error: 'overloaded', usage: { tokens: { input_tokens: 1, output_tokens: 1 } } },
  })}\n\n`,
}

export const ollamaProblems: Problems = {
  problem: (_, message) => ({ error: message }),
  overloaded: `${JSON.stringify({ error: 'server busy, please try again. maximum pending requests exceeded' })}\n`,
}

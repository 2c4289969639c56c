import { attempt, isPlainObject } from '../../../border/shape.ts'
import { ModelError } from '../../../models/failure/model-error.ts'
import { stringify } from '../../../models/stringify.ts'
import { htmlExcerpt, statusText } from './html-text.ts'

type ResponseInfo = Pick<globalThis.Response, 'status' | 'headers' | 'url'>

/**
 * What a server said instead of an answer although its HTTP status is that of success, or in the midst of a stream;
 * where it is refused over HTTP, the SDK's own error is thrown. `error` is what was sent.
 */
export class ServerError extends Error {
  /** Undefined in the midst of a stream, unless what was said names one. */
  readonly status: number | undefined
  readonly code: unknown
  readonly type: unknown
  readonly error: unknown
  readonly headers: unknown

  constructor(error: unknown, response: Partial<ResponseInfo>) {
    super(errorText(error) || 'the server sent an error without a message')
    this.name = 'ServerError'
    const { code, type, status } = Object(error) as { code?: unknown; type?: unknown; status?: unknown }
    this.code = code
    this.type = type
    this.error = error
    this.status = [status, code].map(Number).find((number) => number >= 400 && number < 600) ?? response.status
    this.headers = response.headers
  }
}

/** What stands for an answer in a body and is an error: under `error`, or on its own where there is no answer. */
export function findServerError(value: unknown): unknown {
  if (!isPlainObject(value)) return undefined
  const { error, errors, detail, message, choices, usage, object, type } = value
  const all = errorChoices(choices)
  if (all.some(hasAnswer)) return undefined
  if (isErrorValue(error) && error !== true) return error
  const failed = all.find((choice) => isErrorValue(choice.error))
  if (failed) return failed.error
  if (isNonEmptyValue(choices) && error !== true) return undefined
  if (isErrorValue(errors)) return errors
  // A chunk without a choice (of the usage, say) may have words beside, and so may a sign of life.
  if (isNonEmptyValue(usage) || String(object).startsWith('chat.completion') || KEEP_ALIVE.test(String(type)))
    return undefined
  // A message that is no text is an answer in the words of another API.
  return typeof message === 'string' || isNonEmptyValue(detail) ? value : undefined
}

export const KEEP_ALIVE = /^(?:ping|pong|heart_?beat|keep[-_]?alive|status|progress|processing|queued?)$/i

type ErrorChoice = { error?: unknown; message?: unknown; finish_reason?: unknown }
const errorChoices = (choices: unknown): ErrorChoice[] => (Array.isArray(choices) ? choices.map(Object) : [])
/** A whole message stands, whatever is said beside it. */
function hasAnswer({ message, finish_reason: reason }: ErrorChoice): boolean {
  const { content, tool_calls, refusal } = Object(message) as Readonly<Record<string, unknown>>
  return [content, tool_calls, refusal].some(isNonEmptyValue) && reason !== 'error'
}
const isNonEmptyValue = (value: unknown): boolean =>
  Boolean(value) && !(typeof value === 'object' && Object.keys(value as object).length === 0)

/** Whether anything is wrong: some servers send an error with each answer, which is empty or says that all went well. */
export function isErrorValue(error: unknown, depth = 0): boolean {
  if (typeof error === 'object' && error !== null)
    return depth > 5 || Object.values(error).some((part) => isErrorValue(part, depth + 1))
  return isNonEmptyValue(error) && !SUCCESS_VALUE.test(String(error).trim())
}
const SUCCESS_VALUE = /^(?:0|2\d\d|ok(?:ay)?|success(?:ful|fully)?|succeeded|no[ _-]?error|none|null|nil)?[.!]?$/i

/** What an error says, wherever it says it. */
export function errorText(error: unknown, depth = 0): string {
  if (typeof error === 'string') return /<[a-z!/]/i.test(error) ? htmlExcerpt(error) : error
  if (typeof error !== 'object' || error === null || depth > 5) return ''
  if (Array.isArray(error)) return error.map((one) => errorText(one, depth + 1)).join('; ')
  const { message, detail, msg, error: inner, errors } = error as Readonly<Record<string, unknown>>
  for (const words of [message, detail, msg, inner, errors].map((part) => errorText(part, depth + 1))) {
    if (words) return words
  }
  return attempt(() => stringify(error)) ?? ''
}

/** What is no completion at all: usually a page, from an address that is not the API's. */
export function noCompletionError(text: string, { status, url }: Partial<ResponseInfo>): ModelError {
  const host = attempt(() => new URL(url ?? '').host)
  const words = htmlExcerpt(text, status)
  const from = `${host ? ` from ${host}` : ''}${status ? ` (${statusText(status)})` : ''}`
  return new ModelError(
    'no_answer',
    `the server sent no chat completion${from}${words ? `: ${JSON.stringify(words)}` : ''}. Check that baseURL (or OPENAI_BASE_URL) is the address of an OpenAI-compatible API, which usually ends in /v1`,
  )
}

/** What the SDK throws for a status, where the body was a page or none: its message has the status and a few words. */
export function withoutHtml(thrown: unknown): unknown {
  // Of the SDK's class, which whoever catches it asks for; what cannot be read stays as it is.
  attempt(() => shortenMessage(thrown))
  return thrown
}

function shortenMessage(thrown: unknown): void {
  const { status, error, message } = Object(thrown) as { status?: unknown; error?: unknown; message?: unknown }
  if (typeof status !== 'number' || error !== undefined || typeof message !== 'string') return
  const body = message.replace(/^\d+ /, '').replace(/^status code \(no body\)$/, '')
  const words = htmlExcerpt(body, status)
  Object.defineProperty(thrown, 'message', { value: `${statusText(status)}${words ? `: ${words}` : ''}` })
}

import { attempt, isPlainObject } from '../../../border/shape.ts'
import { ModelError } from '../../../models/failure/model-error.ts'
import { stringify } from '../../../models/stringify.ts'
import { htmlExcerpt, statusText } from './html-text.ts'

type ErrorResponse = Pick<globalThis.Response, 'status' | 'headers' | 'url'>

/**
 * An error that a server sent with a status of success, or inside a stream. `error` is the value that was sent. For an
 * HTTP error status, the SDK's own error is thrown instead.
 */
export class ServerError extends Error {
  /** Undefined inside a stream, unless the error names one. */
  readonly status: number | undefined
  readonly code: unknown
  readonly type: unknown
  readonly error: unknown
  readonly headers: unknown

  constructor(error: unknown, response: Partial<ErrorResponse>) {
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

/** The error in a body: under `error`, or the body itself if it contains no answer. */
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
  // A chunk without choices (usage, keep-alive) may have a message that is not an error.
  if (isNonEmptyValue(usage) || String(object).startsWith('chat.completion') || KEEP_ALIVE.test(String(type)))
    return undefined
  // A message that is an object is an answer of another API.
  return typeof message === 'string' || isNonEmptyValue(detail) ? value : undefined
}

export const KEEP_ALIVE = /^(?:ping|pong|heart_?beat|keep[-_]?alive|status|progress|processing|queued?)$/i

type ErrorChoice = { error?: unknown; message?: unknown; finish_reason?: unknown }
const errorChoices = (choices: unknown): ErrorChoice[] => (Array.isArray(choices) ? choices.map(Object) : [])
/** A complete message is an answer, also with an error beside it. */
function hasAnswer({ message, finish_reason: reason }: ErrorChoice): boolean {
  const { content, tool_calls, refusal } = Object(message) as Readonly<Record<string, unknown>>
  return [content, tool_calls, refusal].some(isNonEmptyValue) && reason !== 'error'
}
const isNonEmptyValue = (value: unknown): boolean =>
  Boolean(value) && !(typeof value === 'object' && Object.keys(value as object).length === 0)

/** Whether a value is an error: some servers send an `error` with each answer, which is empty or means success. */
export function isErrorValue(error: unknown, depth = 0): boolean {
  if (typeof error === 'object' && error !== null)
    return depth > 5 || Object.values(error).some((part) => isErrorValue(part, depth + 1))
  return isNonEmptyValue(error) && !SUCCESS_VALUE.test(String(error).trim())
}
const SUCCESS_VALUE = /^(?:0|2\d\d|ok(?:ay)?|success(?:ful|fully)?|succeeded|no[ _-]?error|none|null|nil)?[.!]?$/i

/** The message of an error, in any of the forms that servers use. */
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

/** For a response that is not a completion: usually an HTML page, from a URL that is not the API's. */
export function noCompletionError(text: string, { status, url }: Partial<ErrorResponse>): ModelError {
  const host = attempt(() => new URL(url ?? '').host)
  const words = htmlExcerpt(text, status)
  const from = `${host ? ` from ${host}` : ''}${status ? ` (${statusText(status)})` : ''}`
  return new ModelError(
    'no_answer',
    `the server did not return a chat completion${from}${words ? `: ${JSON.stringify(words)}` : ''}. Check that baseURL (or OPENAI_BASE_URL) is the URL of an OpenAI-compatible API, which usually ends in /v1`,
  )
}

/** Shortens the message of the SDK's error for an HTML or an empty body: status and an excerpt. */
export function withoutHtml(thrown: unknown): unknown {
  // Changed in place, so that it stays an instance of the SDK's class.
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

import { attempt } from '../../../border/shape.ts'
import { isUnreadStream, decodeBody } from './body-text.ts'
import { findServerError, noCompletionError, ServerError } from './server-error.ts'
import { DOCUMENT_END, NonJsonBody, jsonValues } from './json-values.ts'

type OpenedResponse = {
  result: unknown
  isStream: boolean
  response: Response | undefined
  copy?: Response | undefined
}

/**
 * Awaits the result of a client's `create`. Of an SDK client, the raw response is used as well, because the SDK parses
 * a body by the requested type and hides how a stream ended. The promise itself is awaited too, so that wrappers such
 * as tracing still see it.
 */
export async function openResponse(request: unknown, isStream: boolean): Promise<OpenedResponse> {
  const { asResponse } = Object(request) as { asResponse?: () => Promise<Response> }
  const response = typeof asResponse === 'function' ? await asResponse.call(request) : undefined
  const copy = isStream ? undefined : attempt(() => response?.clone())
  try {
    const given = await request
    void copy?.body?.cancel().catch(() => {})
    return { result: given, isStream, response }
  } catch (thrown) {
    // The body does not match its content type.
    if (copy && attempt(() => (thrown as Error).name) === 'SyntaxError') {
      return { result: undefined, isStream, response, copy }
    }
    throw thrown
  }
}

/**
 * The JSON values of a response, then `STREAM_DONE` or `DOCUMENT_END` if it is known to be complete. Throws for an
 * error.
 */
export async function* responseValues(opened: OpenedResponse, signal: AbortSignal): AsyncGenerator<unknown> {
  const response = opened.response ?? {}
  // In a stream, the status was sent before the error occurred.
  const failed = opened.isStream ? { headers: opened.response?.headers } : response
  for await (const value of bodyValues(opened, signal)) {
    if (value instanceof NonJsonBody) throw noCompletionError(value.text, response)
    // Google sends errors in an array.
    for (const one of Array.isArray(value) ? value : [value]) {
      const error = findServerError(one)
      if (error !== undefined) throw new ServerError(error, failed)
      yield one
    }
  }
}

function bodyValues(
  { result: given, response, copy }: OpenedResponse,
  signal: AbortSignal,
): AsyncIterable<unknown> | Iterable<unknown> {
  const body = copy ? copy.body : isSdkStream(given) && response?.body
  if (isUnreadStream(body)) return jsonValues(decodeBody(body, signal))
  if (typeof (given as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] === 'function') {
    return given as AsyncIterable<unknown>
  }
  if (typeof given === 'string') return jsonValues([given])
  return given === undefined || given === null ? [new NonJsonBody('')] : [given, DOCUMENT_END]
}

/** Whether it is the SDK's own stream; a wrapper around it (tracing) has to see what is read. */
const isSdkStream = (given: unknown): boolean =>
  typeof (given as { toReadableStream?: unknown } | null)?.toReadableStream === 'function'

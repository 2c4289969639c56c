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
 * What a client's `create` gives, once the server has begun to answer. A client of the SDK is asked for the response as
 * well: the SDK takes a body for what was asked for, and hides how a stream ended. All that others do with its promise
 * (tracing, say) is left to happen.
 */
export async function openResponse(asked: unknown, isStream: boolean): Promise<OpenedResponse> {
  const { asResponse } = Object(asked) as { asResponse?: () => Promise<Response> }
  const response = typeof asResponse === 'function' ? await asResponse.call(asked) : undefined
  const copy = isStream ? undefined : attempt(() => response?.clone())
  try {
    const given = await asked
    void copy?.body?.cancel().catch(() => {})
    return { result: given, isStream, response }
  } catch (thrown) {
    // The body is not what its content type says.
    if (copy && attempt(() => (thrown as Error).name) === 'SyntaxError') {
      return { result: undefined, isStream, response, copy }
    }
    throw thrown
  }
}

/** The values of an answer, and `DONE` or `DOCUMENT` where it is known that it is whole; throws what is no answer. */
export async function* responseValues(opened: OpenedResponse, signal: AbortSignal): AsyncGenerator<unknown> {
  const response = opened.response ?? {}
  // In a stream the status was sent before anybody knew how it goes.
  const failed = opened.isStream ? { headers: opened.response?.headers } : response
  for await (const value of bodyValues(opened, signal)) {
    if (value instanceof NonJsonBody) throw noCompletionError(value.text, response)
    // One that comes in a list is Google's.
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

/** Not one that others have put theirs around: they want to see what is read. */
const isSdkStream = (given: unknown): boolean =>
  typeof (given as { toReadableStream?: unknown } | null)?.toReadableStream === 'function'

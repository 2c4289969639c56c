import { attempt, isError } from '../../border/shape.ts'
import type { RequestFailure } from '../../border/error-details.ts'
import { type HeaderReader, headerReader, retryAfterMs } from './retry-after.ts'

/** The kinds of failures, the same for all providers. */
export type FailureKind =
  | 'money'
  | 'length'
  | 'key'
  | 'access'
  | 'missing'
  | 'request'
  | 'busy'
  | 'overloaded'
  | 'late'
  | 'server'
  | 'connection'
  | 'certificate'
  | 'body'
const TRANSIENT_KINDS: ReadonlySet<FailureKind | undefined> = new Set([
  'busy',
  'overloaded',
  'late',
  'server',
  'connection',
  'body',
])

/** What an error contains of the server's response. */
export type ClassifiedFailure = {
  readonly facts: RequestFailure
  readonly kind: FailureKind | undefined
  /** Whether a retry may succeed; undefined if that is not known. */
  readonly passes: boolean | undefined
  readonly retryAfter: number | undefined
  /** The server's own message: plain text or an HTML page. */
  readonly serverMessage: string
  readonly url: string | undefined
}

type ErrorLayer = Readonly<Record<string, unknown>>
/** The properties in which libraries keep nested errors and response bodies. */
const NESTED_KEYS = [
  'error',
  'detail',
  'data',
  'body',
  'responseBody',
  'value',
  'response',
  'lastError',
  'errors',
  'cause',
]
const MAX_LAYERS = 24
/** In characters: a longer text is not parsed as an error body. */
const MAX_BODY_LENGTH = 100_000

/** Classifies an error of any library. `free`: its message may be used as well, not only status and codes. */
export function classifyFailure(thrown: unknown, free: boolean): ClassifiedFailure {
  const { layers, server } = errorLayers(thrown)
  const first = <T>(read: (layer: ErrorLayer) => T | undefined): T | undefined => {
    for (const layer of layers) {
      const found = attempt(() => read(layer))
      if (found !== undefined) return found
    }
    return undefined
  }
  const codes = layers.flatMap(errorCodes)
  const headers = layers.flatMap(({ headers, responseHeaders }) =>
    [responseHeaders, headers].filter((given) => given !== undefined && given !== null),
  )
  const header: HeaderReader = (name) =>
    headers.map((one) => headerReader(one)(name)).find((value) => value !== undefined)
  const status = first(httpStatusOf)
  const serverMessage = serverMessageOf(layers, server, thrown)
  const kind = failureKind(status, codes, serverMessage, free, layers)
  const isRetryable = first(({ isRetryable: is }) => (typeof is === 'boolean' ? is : undefined))
  const retryDelay = first((layer) => layer.retryDelay ?? retryInfoDelay(layer))
  return {
    facts: {
      status,
      code: first(({ code, status }) => shortString(code) ?? shortString(status)),
      type: first(({ type, __type }) => shortString(type === 'error' ? undefined : type) ?? shortString(__type)),
      requestId:
        first(
          (layer) => shortString(layer.requestID) ?? shortString(layer.requestId) ?? shortString(layer.request_id),
        ) ?? ['x-request-id', 'request-id', 'x-amzn-requestid', 'apim-request-id'].map(header).find(Boolean),
    },
    kind,
    // ImageError sets isRetryable itself; SDKs set it to false for every error with a status of success.
    passes: kind === undefined || layers[0]?.name === 'ImageError' ? isRetryable : TRANSIENT_KINDS.has(kind),
    retryAfter: retryAfterMs(header, retryDelay, status),
    serverMessage,
    url: first(({ url }) => shortString(url)),
  }
}

/** The error and all nested objects, the outermost first; `server`: those that are not Error objects. */
function errorLayers(thrown: unknown): { layers: ErrorLayer[]; server: ErrorLayer[] } {
  const layers: ErrorLayer[] = []
  const server: ErrorLayer[] = []
  const seen = new Set<unknown>()
  const queue = [thrown]
  for (let at = 0; at < queue.length && layers.length < MAX_LAYERS; at += 1) {
    const value = parseIfJson(queue[at])
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (Array.isArray(value)) {
      queue.push(value[0])
      continue
    }
    // A property whose getter throws is undefined.
    const layer = new Proxy(value as ErrorLayer, {
      get: (target, key) => attempt(() => Reflect.get(target, key) as unknown),
    })
    layers.push(layer)
    if (!isError(value)) server.push(layer)
    queue.push(...[...NESTED_KEYS, ...exceptionKeys(layer)].map((key) => layer[key]))
  }
  return { layers, server }
}

function parseIfJson(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > MAX_BODY_LENGTH || !/^\s*[[{]/.test(value)) return value
  return attempt(() => JSON.parse(value) as unknown)
}

const shortString = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined

/** The HTTP status of a failure. A `code` counts as a status only from 400 to 599. */
function httpStatusOf({ status, statusCode, status_code, code, $metadata }: ErrorLayer): number | undefined {
  const { httpStatusCode } = Object($metadata) as { httpStatusCode?: unknown }
  const numberOf = (value: unknown) => (typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value)
  const isStatus = (value: unknown, least: number): value is number =>
    typeof value === 'number' && value >= least && value < 600
  const known = [status, statusCode, status_code, httpStatusCode]
    .map(numberOf)
    .find((value): value is number => isStatus(value, 300))
  return known ?? [numberOf(code)].find((value): value is number => isStatus(value, 400))
}

/** AWS uses a key such as `throttlingException` for an error in a stream. */
const exceptionKeys = (layer: ErrorLayer): string[] =>
  attempt(() => Object.keys(layer).filter((key) => key.endsWith('Exception'))) ?? []

function errorCodes(layer: ErrorLayer): string[] {
  const { code, type, status, __type, errorType, reason, name, details } = layer
  const reasons = Array.isArray(details) ? details.map((detail) => (Object(detail) as ErrorLayer).reason) : []
  // Only error names with a known meaning, such as those of AWS.
  const own =
    typeof name === 'string' && /Exception$|^(?:Abort|Timeout|SyntaxError|AI_JSONParse)/.test(name) ? name : ''
  return [code, status, ...reasons, reason, __type, errorType, type, own, ...exceptionKeys(layer)].flatMap(
    (word) => shortString(word) ?? [],
  )
}

const retryInfoDelay = ({ details }: ErrorLayer): unknown =>
  Array.isArray(details)
    ? details.map((detail) => (Object(detail) as ErrorLayer).retryDelay).find((delay) => delay !== undefined)
    : undefined

/** The innermost message is the server's own. */
function serverMessageOf(layers: ErrorLayer[], server: ErrorLayer[], thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  const message = ({ message, error, detail }: ErrorLayer) =>
    [message, error, detail].find((text): text is string => typeof text === 'string' && text !== '')
  const own = server.map(message).find(Boolean)
  const page = layers.map(({ responseBody }) => responseBody).find((body) => typeof body === 'string' && body !== '')
  return own ?? (isHtml(page) ? (page as string) : undefined) ?? layers.map(message).find(Boolean) ?? ''
}

export const isHtml = (text: unknown): boolean =>
  typeof text === 'string' && /<(?:!doctype|html|head|body|title)\b/i.test(text.slice(0, 1000))

/** The title of an HTML page; empty if it has none. */
export const htmlTitle = (page: string): string => /<title>([^<]{1,200})<\/title>/i.exec(page)?.[1]?.trim() ?? ''

const NETWORK_CODE =
  /^(?:ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|EPIPE|ETIMEDOUT|ESOCKET|UND_ERR_(?!INVALID)|ERR_(?:NETWORK|STREAM_PREMATURE|HTTP2|SOCKET)|Abort)/
/** A retry does not fix a certificate. */
const TLS_CODE = /^(?:EPROTO|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT))/
const NETWORK_MESSAGE =
  /^(?:fetch failed|failed to fetch|load failed|network ?error|terminated|other side closed|socket hang up|premature close|connection error)/i

/** By the error codes of servers and libraries, as lower case letters; the first match counts. */
const KIND_BY_CODE: readonly (readonly [FailureKind, RegExp])[] = [
  ['money', /insufficient(?:quota|credit|balance|funds)|billing|creditbalance|accessterminated|paymentrequired/],
  ['length', /contextlength|contextwindow|toolarge|prompttoolong/],
  ['key', /authentication|unauthenticated|unauthori[sz]ed|apikey|expiredtoken|unrecognizedclient|invalidsignature/],
  ['access', /permission|forbidden|accessdenied/],
  ['missing', /notfound|unknownmodel|nosuch/],
  ['busy', /throttl|ratelimit|toomany|resourceexhausted|slowdown|conflict/],
  ['overloaded', /overload|unavailable|capacity|notready/],
  ['late', /time(?:d|limit)?out|deadline/],
  ['server', /servererror|internal|apierror$|modelerror|streamerror|aborted|badgateway/],
  ['body', /^syntaxerror|jsonparse/],
  [
    'request',
    /invalid|validation|unsupported|badrequest|preconditionfailed|outofrange|unimplemented|content(?:policy|filter)|safety/,
  ],
]
const KIND_BY_MESSAGE: readonly (readonly [FailureKind, RegExp])[] = [
  ['money', /credit balance|insufficient (?:quota|balance|funds|credits)/i],
  [
    'length',
    /context (?:length|window)|(?:prompt|input|request) is too (?:long|large)|too many (?:input |total )?tokens/i,
  ],
  ['key', /api key|unauthori[sz]ed/i],
  ['missing', /\bmodel\b.{0,200}(?:not found|does not exist)/i],
  ['busy', /rate limit|too many requests/i],
  ['overloaded', /overload|unavailable|at capacity|try again/i],
  ['late', /timed? ?out/i],
  ['request', /unsupported|invalid request|bad request|malformed/i],
]

const matchKind = (table: typeof KIND_BY_CODE, text: string): FailureKind | undefined =>
  table.find(([, words]) => words.test(text))?.[0]

function failureKind(
  status: number | undefined,
  codes: readonly string[],
  serverMessage: string,
  free: boolean,
  layers: readonly ErrorLayer[],
): FailureKind | undefined {
  const kinds = codes.map((word) =>
    TLS_CODE.test(word)
      ? 'certificate'
      : NETWORK_CODE.test(word)
        ? 'connection'
        : matchKind(KIND_BY_CODE, word.toLowerCase().replace(/[^a-z]/g, '')),
  )
  if (kinds.includes('money')) return 'money'
  if (status === undefined && kinds.includes('certificate')) return 'certificate'
  const byWord = kinds.find((kind) => kind !== undefined && kind !== 'body')
  const text = serverMessage.slice(0, 2000)
  if (status !== undefined) return kindFromStatus(status, byWord, matchKind(KIND_BY_MESSAGE, text))
  if (byWord) return byWord
  const broken = layers.some(({ message }) => typeof message === 'string' && NETWORK_MESSAGE.test(message))
  if (broken || NETWORK_MESSAGE.test(text)) return 'connection'
  // An HTML page is not a truncated answer.
  if (kinds.includes('body'))
    return layers.some(({ text, responseBody }) => isHtml(text) || isHtml(responseBody)) ? 'missing' : 'body'
  return free ? matchKind(KIND_BY_MESSAGE, text) : undefined
}

const KIND_BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'key',
  402: 'money',
  403: 'access',
  404: 'missing',
  408: 'late',
  409: 'busy',
  413: 'length',
  425: 'busy',
  429: 'busy',
  503: 'overloaded',
  504: 'late',
  529: 'overloaded',
}

/**
 * By status; for one that only says that the request was wrong, also by codes and message: AWS throttles with a 400.
 */
function kindFromStatus(status: number, word: FailureKind | undefined, text: FailureKind | undefined): FailureKind {
  const known = KIND_BY_STATUS[status] ?? (status >= 500 ? 'server' : status < 400 ? 'missing' : undefined)
  if (known) return known
  if (word && (status === 424 || !NOT_CLIENT_ERRORS.has(word))) return word
  return text && CLIENT_ERRORS.has(text) ? text : 'request'
}
/** Kinds that contradict a 4xx status. */
const NOT_CLIENT_ERRORS: ReadonlySet<FailureKind> = new Set(['server', 'connection', 'request'])
const CLIENT_ERRORS: ReadonlySet<FailureKind> = new Set(['money', 'length', 'key'])

import { attempt, isError } from '../../border/shape.ts'
import type { RequestFailure } from '../../border/error-details.ts'
import { type Header, headerIn, namedDelay } from './retry-after.ts'

/** What kind of failure a server told of, whoever's it is. */
export type Kind =
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
const PASSING: ReadonlySet<Kind | undefined> = new Set(['busy', 'overloaded', 'late', 'server', 'connection', 'body'])

/** What was thrown, as far as a server said something by it. */
export type Heard = {
  readonly facts: RequestFailure
  readonly kind: Kind | undefined
  /** Whether another try may go better; undefined where that is not known. */
  readonly passes: boolean | undefined
  readonly retryAfter: number | undefined
  /** What the server says, in its own words: a text, or a page for people. */
  readonly said: string
  readonly url: string | undefined
}

type Level = Readonly<Record<string, unknown>>
/** Under which keys libraries keep what is behind an error. */
const INSIDE = ['error', 'detail', 'data', 'body', 'responseBody', 'value', 'response', 'lastError', 'errors', 'cause']
const MOST_LEVELS = 24
/** In characters: what is longer is no body of an error. */
const LONGEST_BODY = 100_000

/** Reads a failure, whichever library tells of it. `free`: its plain text, too, says what kind it is. */
export function heard(thrown: unknown, free: boolean): Heard {
  const { levels, server } = levelsOf(thrown)
  const first = <T>(read: (level: Level) => T | undefined): T | undefined => {
    for (const level of levels) {
      const found = attempt(() => read(level))
      if (found !== undefined) return found
    }
    return undefined
  }
  const words = levels.flatMap(wordsIn)
  const headers = levels.flatMap(({ headers, responseHeaders }) =>
    [responseHeaders, headers].filter((given) => given !== undefined && given !== null),
  )
  const header: Header = (name) => headers.map((one) => headerIn(one)(name)).find((value) => value !== undefined)
  const status = first(statusIn)
  const said = saidIn(levels, server, thrown)
  const kind = kindOf(status, words, said, free, levels)
  const isRetryable = first(({ isRetryable: is }) => (typeof is === 'boolean' ? is : undefined))
  const retryDelay = first((level) => level.retryDelay ?? retryInfoIn(level))
  return {
    facts: {
      status,
      code: first(({ code, status }) => textIn(code) ?? textIn(status)),
      type: first(({ type, __type }) => textIn(type === 'error' ? undefined : type) ?? textIn(__type)),
      requestId:
        first((level) => textIn(level.requestID) ?? textIn(level.requestId) ?? textIn(level.request_id)) ??
        ['x-request-id', 'request-id', 'x-amzn-requestid', 'apim-request-id'].map(header).find(Boolean),
    },
    kind,
    // Our own know it; packages say no to all that came with the status of success.
    passes: kind === undefined || levels[0]?.name === 'PictureError' ? isRetryable : PASSING.has(kind),
    retryAfter: namedDelay(header, retryDelay, status),
    said,
    url: first(({ url }) => textIn(url)),
  }
}

/** What was thrown, and whatever is inside it, the outermost first; `server` are those that no library made an error of. */
function levelsOf(thrown: unknown): { levels: Level[]; server: Level[] } {
  const levels: Level[] = []
  const server: Level[] = []
  const seen = new Set<unknown>()
  const queue = [thrown]
  for (let at = 0; at < queue.length && levels.length < MOST_LEVELS; at += 1) {
    const value = parsed(queue[at])
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (Array.isArray(value)) {
      queue.push(value[0])
      continue
    }
    // A part that cannot be read is none.
    const level = new Proxy(value as Level, {
      get: (target, key) => attempt(() => Reflect.get(target, key) as unknown),
    })
    levels.push(level)
    if (!isError(value)) server.push(level)
    queue.push(...[...INSIDE, ...exceptionsIn(level)].map((key) => level[key]))
  }
  return { levels, server }
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > LONGEST_BODY || !/^\s*[[{]/.test(value)) return value
  return attempt(() => JSON.parse(value) as unknown)
}

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined

/** A status of success is none, whatever the body says; of a code, only what is that of a failure is a status. */
function statusIn({ status, statusCode, status_code, code, $metadata }: Level): number | undefined {
  const { httpStatusCode } = Object($metadata) as { httpStatusCode?: unknown }
  const numberOf = (value: unknown) => (typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value)
  const isStatus = (value: unknown, least: number): value is number =>
    typeof value === 'number' && value >= least && value < 600
  const known = [status, statusCode, status_code, httpStatusCode]
    .map(numberOf)
    .find((value): value is number => isStatus(value, 300))
  return known ?? [numberOf(code)].find((value): value is number => isStatus(value, 400))
}

/** AWS names in a key what went wrong in a stream. */
const exceptionsIn = (level: Level): string[] =>
  attempt(() => Object.keys(level).filter((key) => key.endsWith('Exception'))) ?? []

function wordsIn(level: Level): string[] {
  const { code, type, status, __type, errorType, reason, name, details } = level
  const reasons = Array.isArray(details) ? details.map((detail) => (Object(detail) as Level).reason) : []
  // Names of classes are those of libraries, and of AWS.
  const own =
    typeof name === 'string' && /Exception$|^(?:Abort|Timeout|SyntaxError|AI_JSONParse)/.test(name) ? name : ''
  return [code, status, ...reasons, reason, __type, errorType, type, own, ...exceptionsIn(level)].flatMap(
    (word) => textIn(word) ?? [],
  )
}

const retryInfoIn = ({ details }: Level): unknown =>
  Array.isArray(details)
    ? details.map((detail) => (Object(detail) as Level).retryDelay).find((delay) => delay !== undefined)
    : undefined

/** The words that are furthest inside are the server's own. */
function saidIn(levels: Level[], server: Level[], thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  const message = ({ message, error, detail }: Level) =>
    [message, error, detail].find((text): text is string => typeof text === 'string' && text !== '')
  const told = server.map(message).find(Boolean)
  const page = levels.map(({ responseBody }) => responseBody).find((body) => typeof body === 'string' && body !== '')
  return told ?? (isPage(page) ? (page as string) : undefined) ?? levels.map(message).find(Boolean) ?? ''
}

export const isPage = (text: unknown): boolean =>
  typeof text === 'string' && /<(?:!doctype|html|head|body|title)\b/i.test(text.slice(0, 1000))

/** What a page calls itself; nothing, if it does not. */
export const titleOf = (page: string): string => /<title>([^<]{1,200})<\/title>/i.exec(page)?.[1]?.trim() ?? ''

const NETWORK =
  /^(?:ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|EPIPE|ETIMEDOUT|ESOCKET|UND_ERR_(?!INVALID)|ERR_(?:NETWORK|STREAM_PREMATURE|HTTP2|SOCKET)|Abort)/
/** No other try makes a certificate good. */
const TLS = /^(?:EPROTO|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT))/
const NETWORK_WORDS =
  /^(?:fetch failed|failed to fetch|load failed|network ?error|terminated|other side closed|socket hang up|premature close|connection error)/i

/** By the words that servers and libraries have for it, in any spelling; the first that fits. */
const WORDS: readonly (readonly [Kind, RegExp])[] = [
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
const TEXTS: readonly (readonly [Kind, RegExp])[] = [
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

const kindIn = (table: typeof WORDS, text: string): Kind | undefined => table.find(([, words]) => words.test(text))?.[0]

function kindOf(
  status: number | undefined,
  words: readonly string[],
  said: string,
  free: boolean,
  levels: readonly Level[],
): Kind | undefined {
  const kinds = words.map((word) =>
    TLS.test(word)
      ? 'certificate'
      : NETWORK.test(word)
        ? 'connection'
        : kindIn(WORDS, word.toLowerCase().replace(/[^a-z]/g, '')),
  )
  if (kinds.includes('money')) return 'money'
  if (status === undefined && kinds.includes('certificate')) return 'certificate'
  const byWord = kinds.find((kind) => kind !== undefined && kind !== 'body')
  const text = said.slice(0, 2000)
  if (status !== undefined) return kindOfStatus(status, byWord, kindIn(TEXTS, text))
  if (byWord) return byWord
  const broken = levels.some(({ message }) => typeof message === 'string' && NETWORK_WORDS.test(message))
  if (broken || NETWORK_WORDS.test(text)) return 'connection'
  // A page is no half answer.
  if (kinds.includes('body'))
    return levels.some(({ text, responseBody }) => isPage(text) || isPage(responseBody)) ? 'missing' : 'body'
  return free ? kindIn(TEXTS, text) : undefined
}

const STATUSES: Readonly<Record<number, Kind>> = {
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

/** The status counts; where it says no more than that something was wrong, words tell what: AWS throttles with a 400. */
function kindOfStatus(status: number, word: Kind | undefined, text: Kind | undefined): Kind {
  const known = STATUSES[status] ?? (status >= 500 ? 'server' : status < 400 ? 'missing' : undefined)
  if (known) return known
  if (word && (status === 424 || !NOT_A_MISTAKE.has(word))) return word
  return text && MISTAKES.has(text) ? text : 'request'
}
/** What the status of somebody's mistake contradicts. */
const NOT_A_MISTAKE: ReadonlySet<Kind> = new Set(['server', 'connection', 'request'])
const MISTAKES: ReadonlySet<Kind> = new Set(['money', 'length', 'key'])

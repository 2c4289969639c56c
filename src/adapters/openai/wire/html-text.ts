import { htmlTitle } from '../../../models/failure/classify-failure.ts'

/** Status texts of servers, gateways and proxies. */
const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  529: 'Overloaded',
}
/** In characters: the length of an excerpt, and how much of a page is examined. */
const MAX_EXCERPT_LENGTH = 200
const MAX_READ_LENGTH = 20_000
const HTML_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }

/** `502 Bad Gateway`. */
export const statusText = (status: number): string => [status, STATUS_TEXTS[status]].filter(Boolean).join(' ')

/** An excerpt of an HTML page or a text, without tags and without the status text. */
export function htmlExcerpt(page: string, status?: number): string {
  // The title is the most informative part.
  const read = htmlTitle(page.slice(0, MAX_READ_LENGTH)) || page.slice(0, MAX_READ_LENGTH)
  const plain = /<[a-z!/]/i.test(read) ? stripTags(read) : read
  let text = plain
    .replaceAll(/&(#?\w{2,5});/g, (entity, name: string) => HTML_ENTITIES[name] ?? entity)
    .replaceAll(/\s+/g, ' ')
    .trim()
  const words = status === undefined ? '' : statusText(status)
  // Title and heading often both contain it.
  for (const prefix of [words, words, STATUS_TEXTS[Number(status)] ?? '']) {
    if (text.toLowerCase().startsWith(prefix.toLowerCase())) text = text.slice(prefix.length).trim()
  }
  return text.length > MAX_EXCERPT_LENGTH ? `${text.slice(0, MAX_EXCERPT_LENGTH)}…` : text
}

/** Strips tags in one pass, also if some are not closed. */
function stripTags(page: string): string {
  const lower = page.toLowerCase()
  const texts: string[] = []
  let at = 0
  const skipTo = (text: string, from: number): void => {
    const found = lower.indexOf(text, from)
    at = found < 0 ? page.length : found + text.length
  }
  while (at < page.length) {
    const open = page.indexOf('<', at)
    texts.push(page.slice(at, open < 0 ? undefined : open))
    if (open < 0) break
    const hidden = /^<(script|style|svg|!--)/.exec(lower.slice(open, open + 8))?.[1]
    if (hidden === '!--') skipTo('-->', open)
    else {
      if (hidden) skipTo(`</${hidden}`, open)
      skipTo('>', Math.max(at, open))
    }
  }
  return texts.join(' ')
}

import { titleOf } from '../../../models/failure/judging.ts'

/** What a status says, for those that a server or what stands before it answers with. */
const WORDS: Readonly<Record<number, string>> = {
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
/** In characters: what is shown of a page, and what is looked at. */
const SHOWN = 200
const READ = 20_000
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }

/** `502 Bad Gateway`. */
export const statusInWords = (status: number): string => [status, WORDS[status]].filter(Boolean).join(' ')

/** A short piece of what a server wrote for people: without tags, without the status that is said already. */
export function shortTextOf(page: string, status?: number): string {
  // What a page calls itself says the most.
  const read = titleOf(page.slice(0, READ)) || page.slice(0, READ)
  const plain = /<[a-z!/]/i.test(read) ? withoutTags(read) : read
  let text = plain
    .replaceAll(/&(#?\w{2,5});/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replaceAll(/\s+/g, ' ')
    .trim()
  const words = status === undefined ? '' : statusInWords(status)
  // A title and a heading often both say it.
  for (const said of [words, words, WORDS[Number(status)] ?? '']) {
    if (text.toLowerCase().startsWith(said.toLowerCase())) text = text.slice(said.length).trim()
  }
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

/** Goes over the page once, whatever is left open in it. */
function withoutTags(page: string): string {
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

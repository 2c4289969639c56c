import { type Heard, isPage, type Kind, titleOf } from './judging.ts'
import { keyToSet } from './providers.ts'

/** Who was asked for what. */
export type Asked = { readonly provider?: string | undefined; readonly model?: string | undefined }

const AGAIN = 'Run it again, or set retry: { attempts: 3 }'
type Words = readonly [what: string, remedy: (asked: Asked) => string]
const WORDS: Readonly<Record<Kind, Words>> = {
  money: ['the account has no credit or quota left', () => 'Look at the plan and the billing of the account'],
  length: ['the request is too long for the model', () => 'Shorten the messages, or use a model with a longer context'],
  key: ['the API key was rejected', ({ provider }) => `Set ${keyToSet(provider)}`],
  access: ['the API key may not do this', ({ provider }) => `Check what ${keyToSet(provider)} is allowed to do`],
  missing: ['there is no such model or address', () => 'Check the name of the model, and the baseURL'],
  request: ['the request was rejected', () => 'Fix what the server names'],
  busy: ['too many requests', () => AGAIN],
  overloaded: ['the server is overloaded', () => AGAIN],
  late: ['the server took too long', () => AGAIN],
  server: ['the server failed', () => AGAIN],
  connection: ['the connection broke', () => AGAIN],
  certificate: [
    'no secure connection could be made to the model server',
    () => 'Check its certificate, and that baseURL (or OPENAI_BASE_URL) begins with http or https as the server does',
  ],
  body: ['the answer was cut off, or is not JSON', () => AGAIN],
}
const UNREACHED: Words = [
  'the model server could not be reached',
  () => 'Check the network, and baseURL (or OPENAI_BASE_URL), and that the server runs',
]
const BROKE_OFF: Words = ['the server aborted the answer', () => AGAIN]

/** Nobody answered at all, or the line was cut later. */
const NEVER_REACHED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOST|ENET|CONNECT_TIMEOUT|cannot connect|could not be reached/i
/** In characters: a message is read by people. */
const LONGEST = 2000

/**
 * What happened, of whom, and what to do: `401 from anthropic for claude-…: the API key was rejected. Set
 * ANTHROPIC_API_KEY.` Undefined where nobody knows more than the error itself says.
 */
export function inWords({ facts, kind, said, url }: Heard, asked: Asked, { root, midway }: Told): string | undefined {
  const of = [asked.provider && `from ${asked.provider}`, asked.model && `for ${asked.model}`].filter(Boolean).join(' ')
  const words = wordsFor(kind, root, midway)
  if (!words) return of === '' ? undefined : `an error ${of}: ${quoted(said) || 'no details were given'}`
  const unreached = words === UNREACHED || kind === 'certificate'
  const head = facts.status ?? (unreached ? 'no connection' : (facts.code ?? facts.type ?? 'an error'))
  const [what, remedy] = words
  const at = unreached && url ? ` (${originOf(url)})` : ''
  const detail = unreached ? `: ${root}` : ''
  const told = kind === 'connection' && !unreached ? root : quoted(said)
  const more = unreached || told === '' ? '' : `. The server said: ${told}`
  return `${[head, of].filter(Boolean).join(' ')}: ${what}${at}${detail}. ${remedy(asked)}${more}`
}
/** `root`: what was at the bottom of it; `midway`: in an answer that had begun. */
export type Told = { readonly root: string; readonly midway: boolean }

function wordsFor(kind: Kind | undefined, root: string, midway: boolean): Words | undefined {
  if (kind === 'connection' && NEVER_REACHED.test(root)) return UNREACHED
  return kind ? WORDS[kind] : midway ? BROKE_OFF : undefined
}

/** A page is for people who look at it, and says its own title at most. */
function quoted(said: string): string {
  if (!isPage(said)) return trimmed(said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said)
  const title = titleOf(said.slice(0, LONGEST))
  return `a web page${title ? `, "${title}"` : ''}`
}

const trimmed = (text: string): string => text.trim().replace(/[.\s]{1,10}$/, '')

function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return 'no address'
  }
}

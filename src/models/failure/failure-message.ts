import { type ClassifiedFailure, isHtml, type FailureKind, htmlTitle } from './classify-failure.ts'
import { apiKeyVariable } from './providers.ts'

/** Who was asked for what. */
export type ModelReference = { readonly provider?: string | undefined; readonly model?: string | undefined }

const RETRY_ADVICE = 'Run it again, or set retry: { attempts: 3 }'
type FailureText = readonly [what: string, remedy: (asked: ModelReference) => string]
const FAILURE_TEXTS: Readonly<Record<FailureKind, FailureText>> = {
  money: ['the account has no credit or quota left', () => 'Look at the plan and the billing of the account'],
  length: ['the request is too long for the model', () => 'Shorten the messages, or use a model with a longer context'],
  key: ['the API key was rejected', ({ provider }) => `Set ${apiKeyVariable(provider)}`],
  access: ['the API key may not do this', ({ provider }) => `Check what ${apiKeyVariable(provider)} is allowed to do`],
  missing: ['there is no such model or address', () => 'Check the name of the model, and the baseURL'],
  request: ['the request was rejected', () => 'Fix what the server names'],
  busy: ['too many requests', () => RETRY_ADVICE],
  overloaded: ['the server is overloaded', () => RETRY_ADVICE],
  late: ['the server took too long', () => RETRY_ADVICE],
  server: ['the server failed', () => RETRY_ADVICE],
  connection: ['the connection broke', () => RETRY_ADVICE],
  certificate: [
    'no secure connection could be made to the model server',
    () => 'Check its certificate, and that baseURL (or OPENAI_BASE_URL) begins with http or https as the server does',
  ],
  body: ['the answer was cut off, or is not JSON', () => RETRY_ADVICE],
}
const UNREACHABLE: FailureText = [
  'the model server could not be reached',
  () => 'Check the network, and baseURL (or OPENAI_BASE_URL), and that the server runs',
]
const ABORTED: FailureText = ['the server aborted the answer', () => RETRY_ADVICE]

/** Nobody answered at all, or the line was cut later. */
const UNREACHABLE_CODE =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOST|ENET|CONNECT_TIMEOUT|cannot connect|could not be reached/i
/** In characters: a message is read by people. */
const MAX_MESSAGE_LENGTH = 2000

/**
 * What happened, of whom, and what to do: `401 from anthropic for claude-…: the API key was rejected. Set
 * ANTHROPIC_API_KEY.` Undefined where nobody knows more than the error itself says.
 */
export function failureMessage(
  { facts, kind, serverMessage: said, url }: ClassifiedFailure,
  asked: ModelReference,
  { root, midway }: FailureContext,
): string | undefined {
  const of = [asked.provider && `from ${asked.provider}`, asked.model && `for ${asked.model}`].filter(Boolean).join(' ')
  const words = failureText(kind, root, midway)
  if (!words) return of === '' ? undefined : `an error ${of}: ${quoteServerMessage(said) || 'no details were given'}`
  const unreached = words === UNREACHABLE || kind === 'certificate'
  const head = facts.status ?? (unreached ? 'no connection' : (facts.code ?? facts.type ?? 'an error'))
  const [what, remedy] = words
  const at = unreached && url ? ` (${urlOrigin(url)})` : ''
  const detail = unreached ? `: ${root}` : ''
  const told = kind === 'connection' && !unreached ? root : quoteServerMessage(said)
  const more = unreached || told === '' ? '' : `. The server said: ${told}`
  return `${[head, of].filter(Boolean).join(' ')}: ${what}${at}${detail}. ${remedy(asked)}${more}`
}
/** `root`: what was at the bottom of it; `midway`: in an answer that had begun. */
export type FailureContext = { readonly root: string; readonly midway: boolean }

function failureText(kind: FailureKind | undefined, root: string, midway: boolean): FailureText | undefined {
  if (kind === 'connection' && UNREACHABLE_CODE.test(root)) return UNREACHABLE
  return kind ? FAILURE_TEXTS[kind] : midway ? ABORTED : undefined
}

/** A page is for people who look at it, and says its own title at most. */
function quoteServerMessage(said: string): string {
  if (!isHtml(said))
    return withoutFinalDot(said.length > MAX_MESSAGE_LENGTH ? `${said.slice(0, MAX_MESSAGE_LENGTH)}…` : said)
  const title = htmlTitle(said.slice(0, MAX_MESSAGE_LENGTH))
  return `a web page${title ? `, "${title}"` : ''}`
}

const withoutFinalDot = (text: string): string => text.trim().replace(/[.\s]{1,10}$/, '')

function urlOrigin(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return 'no address'
  }
}

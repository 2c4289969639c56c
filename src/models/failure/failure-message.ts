import { type ClassifiedFailure, isHtml, type FailureKind, htmlTitle } from './classify-failure.ts'
import { apiKeyVariable } from './providers.ts'

/** The model that was called. */
export type ModelReference = { readonly provider?: string | undefined; readonly model?: string | undefined }

const RETRY_ADVICE = 'Run it again, or set retry: { attempts: 3 }'
type FailureText = readonly [what: string, remedy: (reference: ModelReference) => string]
const FAILURE_TEXTS: Readonly<Record<FailureKind, FailureText>> = {
  money: ['the account has no credit or quota left', () => 'Check the plan and the billing of the account'],
  length: ['the request is too long for the model', () => 'Shorten the messages, or use a model with a longer context'],
  key: ['the API key was rejected', ({ provider }) => `Set ${apiKeyVariable(provider)}`],
  access: [
    'the API key lacks permission for this',
    ({ provider }) => `Check what ${apiKeyVariable(provider)} is allowed to do`,
  ],
  missing: ['the model or the URL does not exist', () => 'Check the name of the model, and the baseURL'],
  request: ['the request was rejected', () => 'Fix the request as the server says'],
  busy: ['too many requests', () => RETRY_ADVICE],
  overloaded: ['the server is overloaded', () => RETRY_ADVICE],
  late: ['the server took too long', () => RETRY_ADVICE],
  server: ['the server failed', () => RETRY_ADVICE],
  connection: ['the connection broke', () => RETRY_ADVICE],
  certificate: [
    'the TLS connection to the model server failed',
    () => 'Check its certificate, and that baseURL (or OPENAI_BASE_URL) begins with http or https as the server does',
  ],
  body: ['the answer was cut off, or is not JSON', () => RETRY_ADVICE],
}
const UNREACHABLE: FailureText = [
  'the model server could not be reached',
  () => 'Check the network, and baseURL (or OPENAI_BASE_URL), and that the server runs',
]
const ABORTED: FailureText = ['the server aborted the answer', () => RETRY_ADVICE]

/** Codes and messages of a connection that was never established. */
const UNREACHABLE_CODE =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOST|ENET|CONNECT_TIMEOUT|cannot connect|could not be reached/i
/** In characters. */
const MAX_MESSAGE_LENGTH = 2000

/**
 * A message with what happened, where, and a remedy: `401 from anthropic for claude-…: the API key was rejected. Set
 * ANTHROPIC_API_KEY`. Undefined if it would add nothing to the error's own message.
 */
export function failureMessage(
  { facts, kind, serverMessage, url }: ClassifiedFailure,
  reference: ModelReference,
  { root, midway }: FailureContext,
): string | undefined {
  const of = [reference.provider && `from ${reference.provider}`, reference.model && `for ${reference.model}`]
    .filter(Boolean)
    .join(' ')
  const words = failureText(kind, root, midway)
  if (!words)
    return of === '' ? undefined : `an error ${of}: ${quoteServerMessage(serverMessage) || 'no details were given'}`
  const unreached = words === UNREACHABLE || kind === 'certificate'
  const head = facts.status ?? (unreached ? 'no connection' : (facts.code ?? facts.type ?? 'an error'))
  const [what, remedy] = words
  const at = unreached && url ? ` (${urlOrigin(url)})` : ''
  const detail = unreached ? `: ${root}` : ''
  const detailOfServer = kind === 'connection' && !unreached ? root : quoteServerMessage(serverMessage)
  const more = unreached || detailOfServer === '' ? '' : `. The server returned: ${detailOfServer}`
  return `${[head, of].filter(Boolean).join(' ')}: ${what}${at}${detail}. ${remedy(reference)}${more}`
}
/** `root`: the message of the innermost cause; `midway`: the answer had begun. */
export type FailureContext = { readonly root: string; readonly midway: boolean }

function failureText(kind: FailureKind | undefined, root: string, midway: boolean): FailureText | undefined {
  if (kind === 'connection' && UNREACHABLE_CODE.test(root)) return UNREACHABLE
  return kind ? FAILURE_TEXTS[kind] : midway ? ABORTED : undefined
}

/** The server's message; of an HTML page only its title. */
function quoteServerMessage(message: string): string {
  if (!isHtml(message))
    return withoutFinalDot(message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message)
  const title = htmlTitle(message.slice(0, MAX_MESSAGE_LENGTH))
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

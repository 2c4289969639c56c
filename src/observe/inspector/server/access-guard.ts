import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Who may talk to the server. */
export type AccessGuard = {
  readonly token: string
  /** Whether the Host header names this server, and not a domain that was rebound to its address. */
  host(request: IncomingMessage): boolean
  /** Whether a page of this origin may open a socket; programs send none. */
  origin(request: IncomingMessage, others?: (origin: URL) => boolean): boolean
  /** Compares in constant time. */
  knows(token: string | null | undefined): boolean
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

export function createAccessGuard(host: string): AccessGuard {
  const token = randomBytes(24).toString('base64url')
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const wanted = hash(token)
  return {
    token,
    host: ({ headers }) => {
      const name = hostnameOf(`http://${headers.host ?? ''}`)
      if (name === undefined) return false
      // A rebound name is a name: an address is always meant.
      return isLoopback(name) || name === host || (!isLoopback(host) && isIP(name.replaceAll(/[[\]]/g, '')) > 0)
    },
    origin: ({ headers }, others = () => false) => {
      const { origin, host: own } = headers
      if (origin === undefined) return true
      if (origin === `http://${own}`) return true
      const url = URL.canParse(origin) ? new URL(origin) : undefined
      return url !== undefined && others(url)
    },
    knows: (given) => typeof given === 'string' && timingSafeEqual(hash(given), wanted),
  }
}

const hostnameOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).hostname : undefined)

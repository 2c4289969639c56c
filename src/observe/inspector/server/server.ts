import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { createAccessGuard, type AccessGuard, isLoopback } from './access-guard.ts'
import { listen } from './listen.ts'
import { servePage } from './serve-page.ts'

/** Who takes the sockets of one path. */
export type Endpoint = {
  readonly accept: (socket: WebSocket) => void
  /** In bytes, of one message. */
  readonly maxPayload: number
  /** Where the token is: in the subprotocol, so that no log has it, or in the query, where a foreign client can put it. */
  readonly tokenIn: 'protocol' | 'query'
  /** Other origins that may connect, with the token. */
  readonly origins?: (origin: URL) => boolean
}
export type Endpoints = Readonly<Record<string, Endpoint>>
export type ListeningServer = {
  readonly address: string
  readonly guard: AccessGuard
  readonly close: () => Promise<void>
}

/** The HTTP server and its WebSocket endpoints. It keeps no process alive. */
export async function serve(port: number, host: string, endpoints: Endpoints): Promise<ListeningServer> {
  const guard = createAccessGuard(host)
  const server = createServer((request, response) => servePage(guard, request, response))
  const sockets = new Map(
    Object.entries(endpoints).map(([path, { maxPayload }]) => [
      path,
      // The token is never echoed: only the name of the protocol is.
      new WebSocketServer({
        noServer: true,
        maxPayload,
        handleProtocols: (offered) => (offered.has('tinyllm') ? 'tinyllm' : false),
      }),
    ]),
  )
  server.on('connection', (socket) => socket.unref())
  server.on('clientError', (_, socket) => socket.destroy())
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const path = (request.url ?? '').split('?')[0] ?? ''
    const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined
    const refused = rejectionStatus(guard, request, endpoint)
    if (refused || !endpoint) return rejectUpgrade(socket, refused ?? 404)
    sockets.get(path)?.handleUpgrade(request, socket, head, endpoint.accept)
  })
  const actual = await listen(server, port, host)
  server.unref()
  server.on('error', () => {})
  if (!isLoopback(host)) {
    process.emitWarning(
      `The inspector listens on ${host}:${actual}, where other machines can reach it. Anyone who has its URL can see every run and send events. Leave host out to keep it to this machine.`,
    )
  }
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  const address = `${name.includes(':') ? `[${name}]` : name}:${actual}`
  return { address, guard, close: () => close(server, [...sockets.values()]) }
}

function rejectionStatus(
  guard: AccessGuard,
  request: IncomingMessage,
  endpoint: Endpoint | undefined,
): number | undefined {
  if (!guard.host(request)) return 403
  if (!endpoint) return 404
  if (!guard.origin(request, endpoint.origins)) return 403
  const token =
    endpoint.tokenIn === 'query' ? new URLSearchParams(request.url?.split('?')[1]).get('token') : offered(request)
  return guard.knows(token) ? undefined : 401
}

/** A page cannot set headers on a socket, but it can offer subprotocols. */
const offered = ({ headers }: IncomingMessage): string | undefined =>
  String(headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith('token.'))
    ?.slice('token.'.length)

const STATUS_TEXTS: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' }
const rejectUpgrade = (socket: Duplex, status: number): void => {
  socket.end(`HTTP/1.1 ${status} ${STATUS_TEXTS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

async function close(server: Server, sockets: readonly WebSocketServer[]): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const open = () => sockets.flatMap((one) => [...one.clients])
  // What was sent last is on its way: those who listen get a moment for it.
  const deadline = setTimeout(() => {
    for (const client of open()) client.terminate()
    server.closeAllConnections()
  }, 500)
  await closed
  clearTimeout(deadline)
}

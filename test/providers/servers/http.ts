import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a server was asked; `closed` is fulfilled when its connection is done, with whether the answer was whole then. */
export type Asked = {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: any
  readonly closed: Promise<'whole' | 'cut'>
}

/** What a server answers: pieces, a short while apart where `pause` (ms) says so, and then what becomes of the connection. */
export type Reply = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly pieces: readonly (string | Uint8Array)[]
  /** `cut` breaks the connection after the pieces, `hang` keeps it open without a word. */
  readonly end?: 'whole' | 'cut' | 'hang'
  readonly pause?: number
}

export type Server = { readonly url: string; readonly asked: readonly Asked[]; close(): Promise<void> }

/** A server on this machine that keeps what it is asked, and answers the n-th request with `answer(request, n)`. */
export async function serve(answer: (asked: Asked, place: number) => Reply): Promise<Server> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const text = await textOf(request)
    const closed = new Promise<'whole' | 'cut'>((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? 'whole' : 'cut'))
    })
    const { url = '', headers } = request
    const one = { path: url, headers, body: text === '' ? undefined : JSON.parse(text), closed }
    asked.push(one)
    await give(answer(one, asked.length - 1), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${port}`, asked, close }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

async function give({ status = 200, headers, pieces, end = 'whole', pause }: Reply, response: ServerResponse) {
  response.writeHead(status, headers)
  response.flushHeaders()
  for (const piece of pieces) {
    response.write(piece)
    if (pause !== undefined) await wait(pause)
  }
  if (end === 'whole') response.end()
  // What was written must be on its way before the connection is gone.
  else if (end === 'cut') await wait(20).then(() => response.destroy())
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/* ── shapes that several servers speak in ── */

export const json = (body: unknown, rest: Partial<Reply> = {}): Reply => ({
  headers: { 'content-type': 'application/json', 'x-request-id': 'req_1', 'x-amzn-requestid': 'req_1' },
  pieces: [JSON.stringify(body)],
  ...rest,
})

const stream = { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' }

/** Events that are only data; most servers say at the end that it is the end. */
export const dataEvents = (events: readonly unknown[], last: readonly string[] = ['data: [DONE]\n\n']): Reply => ({
  headers: stream,
  pieces: [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), ...last],
})

/** Events that are named after the type of their data. */
export const namedEvents = (events: readonly { type: string }[]): Reply => ({
  headers: stream,
  pieces: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
})

export const lines = (events: readonly unknown[]): Reply => ({
  headers: { 'content-type': 'application/x-ndjson', 'x-request-id': 'req_1' },
  pieces: events.map((event) => `${JSON.stringify(event)}\n`),
})

import { once } from 'node:events'
import type { Inspector, Line, RunSummary } from 'tinyllm/inspector'
import { type ClientOptions, WebSocket } from 'ws'

export const partsOf = ({ url }: Inspector) => {
  const { host, port, hash } = new URL(url)
  return { host, port: Number(port), token: new URLSearchParams(hash.slice(1)).get('token') as string }
}

/** What the server answers to somebody who knocks: 101 if it lets him in. */
export function knock(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, options)
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy()
      resolve(statusCode ?? 0)
    })
    socket.on('error', (error) => (/Unexpected server response/.test(error.message) ? undefined : reject(error)))
  })
}

export const live = (inspector: Inspector, options?: ClientOptions): WebSocket => {
  const { host, token } = partsOf(inspector)
  return new WebSocket(`ws://${host}/live`, ['tinyllm', `token.${token}`], options)
}

/** A viewer that watches every run that it hears of. */
export async function view(inspector: Inspector) {
  const socket = live(inspector)
  const seen = { lines: [] as Line[], runs: [] as RunSummary[], bytes: 0, replies: [] as object[] }
  const watched = new Set<string>()
  socket.on('message', (data) => {
    seen.bytes += String(data).length
    const told = JSON.parse(String(data)) as { runs?: RunSummary[]; lines?: Line[] }
    if (told.lines) seen.lines.push(...told.lines)
    else if (told.runs) seen.runs = told.runs
    else seen.replies.push(told)
    for (const { run } of seen.runs) {
      if (watched.has(run)) continue
      watched.add(run)
      socket.send(JSON.stringify({ type: 'watch', run }))
    }
  })
  await once(socket, 'open')
  return {
    ...seen,
    seen,
    socket,
    ask: (message: object) => socket.send(JSON.stringify(message)),
    close: () => socket.terminate(),
  }
}

export async function until(what: () => boolean, ms = 5000): Promise<void> {
  const end = Date.now() + ms
  while (!what()) {
    if (Date.now() > end) throw new Error('It did not happen in time.')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

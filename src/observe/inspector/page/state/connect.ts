import type { Line, RunSummary } from '../../journal/line.ts'
import type { SendResult, App } from './app.ts'

type ServerMessage = {
  runs?: RunSummary[]
  lines?: Line[]
  sent?: number
  refused?: number
  why?: string
  code?: string
}

/** In bytes: a longer message would end the connection. */
const MAX_MESSAGE = 64 * 1024
const TOO_LARGE: SendResult = {
  taken: false,
  code: 'invalid',
  reason: 'The event is larger than 64 KB, which this page cannot send. Send it with actor.send() in the program.',
}
const UNSENT: SendResult = {
  taken: false,
  reason: 'The event was not sent, because the server cannot be reached. Send it again when the page is connected.',
}
const UNANSWERED: SendResult = {
  taken: false,
  reason: 'The connection ended before the server answered. The run shows whether the event arrived.',
}

/** Connects to the server that the page came from, again and again if it must. */
export function connect(app: App): void {
  const token = takeToken()
  const waiting = new Map<number, (answer: SendResult) => void>()
  let socket: WebSocket
  let count = 0
  let tries = 0
  const tell = (message: object): boolean => {
    if (socket.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(message))
    return true
  }
  const answer = (id: number, said: SendResult) => {
    waiting.get(id)?.(said)
    waiting.delete(id)
  }

  app.link = {
    watch: (run) => void tell({ type: 'watch', run }),
    send: (run, actor, event) =>
      new Promise((resolve) => {
        const id = ++count
        waiting.set(id, resolve)
        const message = { type: 'send', run, actor, event, id }
        if (new TextEncoder().encode(JSON.stringify(message)).length > MAX_MESSAGE) answer(id, TOO_LARGE)
        else if (!tell(message)) answer(id, UNSENT)
      }),
  }

  const open = () => {
    socket = new WebSocket(`ws://${location.host}/live`, ['tinyllm', `token.${token}`])
    socket.addEventListener('open', () => {
      app.connection = 'open'
      tries = 0
      app.forget()
      app.changed()
    })
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const told = JSON.parse(data) as ServerMessage
      if (told.lines) app.add(told.lines)
      if (told.runs) app.setRuns(told.runs)
      if (told.sent !== undefined) answer(told.sent, { taken: true })
      const { refused, why = '', code } = told
      if (refused !== undefined) answer(refused, { taken: false, reason: why, ...(code !== undefined && { code }) })
    })
    socket.addEventListener('close', () => {
      app.connection = 'lost'
      for (const id of waiting.keys()) answer(id, UNANSWERED)
      app.changed()
      if (tries++ < 60) setTimeout(open, Math.min(5000, 300 * 2 ** tries))
    })
  }
  open()
}

/** The token goes from the address bar to this tab's memory, so that it is not seen over a shoulder; a reload finds it. */
function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given) {
    sessionStorage.setItem('token', given)
    history.replaceState(null, '', location.pathname + location.search)
  }
  return given ?? sessionStorage.getItem('token') ?? ''
}

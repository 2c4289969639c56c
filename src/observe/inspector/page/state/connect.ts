import type { Line, RunSummary } from '../../journal/line.ts'
import type { App } from './app.ts'

type Told = { runs?: RunSummary[]; lines?: Line[]; sent?: number; refused?: number; why?: string }

/** Connects to the server that the page came from, again and again if it must. */
export function connect(app: App): void {
  const token = takeToken()
  const waiting = new Map<number, { resolve: () => void; reject: (why: Error) => void }>()
  let socket: WebSocket
  let count = 0
  let tries = 0
  const tell = (message: object) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message))

  app.link = {
    watch: (run) => void tell({ type: 'watch', run }),
    send: (run, actor, event) =>
      new Promise((resolve, reject) => {
        const id = ++count
        waiting.set(id, { resolve, reject })
        if (!tell({ type: 'send', run, actor, event, id })) reject(new Error('The server is no longer reachable.'))
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
      const told = JSON.parse(data) as Told
      if (told.lines) app.add(told.lines)
      if (told.runs) app.setRuns(told.runs)
      if (told.sent !== undefined) waiting.get(told.sent)?.resolve()
      if (told.refused !== undefined) waiting.get(told.refused)?.reject(new Error(told.why))
    })
    socket.addEventListener('close', () => {
      app.connection = 'lost'
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

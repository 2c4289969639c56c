import type { WebSocket } from 'ws'
import { toCause } from '../../../errors.ts'
import type { RunSummary } from '../journal/line.ts'
import type { JournalStore } from '../journal/journal-store.ts'
import type { SendRejection, OutsideEvent } from './send-event.ts'

/** What a page may ask for. */
type ViewerMessage =
  | { type: 'watch' | 'unwatch'; run: string }
  | { type: 'send'; run: string; actor: number; event: OutsideEvent; id: number }
/** Sends an event of a viewer to a live actor. Returns the rejection, if the actor rejects it; throws if there is no such actor. */
export type SendToActor = (run: string, actor: number, event: OutsideEvent) => SendRejection | undefined

type Viewer = { readonly watched: Set<string>; rows: string[]; runs: boolean }
/** In ms: how long rows are gathered before they are sent. */
const SEND_INTERVAL = 5
/** A viewer that is this far behind (bytes) is let go; it connects again and gets the whole run. */
const MAX_BUFFERED = 64e6

/** The pages that look at runs: each gets the list of runs, and the rows of those that it watches. */
export class Viewers {
  readonly #store: JournalStore
  readonly #send: SendToActor
  readonly #viewers = new Map<WebSocket, Viewer>()
  readonly #unlisten: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(store: JournalStore, send: SendToActor) {
    this.#store = store
    this.#send = send
    this.#unlisten = store.listen((run, row) => this.#gather(run, row))
  }

  add(socket: WebSocket): void {
    const viewer: Viewer = { watched: new Set(), rows: [], runs: false }
    this.#viewers.set(socket, viewer)
    socket.on('close', () => this.#viewers.delete(socket))
    socket.on('error', () => socket.terminate())
    socket.on('message', (data, isBinary) => {
      const asked = isBinary ? undefined : parse(String(data))
      if (asked) this.#answer(socket, viewer, asked)
      else socket.close(1007, 'not understood')
    })
    socket.send(runs(this.#store.summaries()))
  }

  /** Sends what was gathered, now. */
  flush = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [socket, viewer] of this.#viewers) {
      if (viewer.runs) socket.send(runs(this.#store.summaries()))
      if (viewer.rows.length > 0) socket.send(lines(viewer.rows))
      viewer.rows = []
      viewer.runs = false
      if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate()
    }
  }

  close(): void {
    this.#store.flush()
    this.#unlisten()
    this.flush()
    for (const socket of this.#viewers.keys()) socket.close(1001, 'the inspector is closed')
  }

  #gather(run: string, row: string): void {
    if (this.#viewers.size === 0) return
    const news = row.startsWith('{"type":"run"') || row.startsWith('{"type":"end"')
    for (const viewer of this.#viewers.values()) {
      if (viewer.watched.has(run)) viewer.rows.push(row)
      if (news) viewer.runs = true
    }
    this.#timer ??= setTimeout(this.flush, SEND_INTERVAL).unref()
  }

  #answer(socket: WebSocket, viewer: Viewer, asked: ViewerMessage): void {
    if (asked.type === 'send') {
      socket.send(JSON.stringify(this.#deliver(asked)))
    } else if (asked.type === 'unwatch') {
      viewer.watched.delete(asked.run)
    } else if (!viewer.watched.has(asked.run)) {
      const rows = this.#store.rows(asked.run)
      if (!rows) return
      this.flush()
      viewer.watched.add(asked.run)
      for (let at = 0; at < rows.length; at += 2000) socket.send(lines(rows.slice(at, at + 2000)))
    }
  }

  #deliver({ run, actor, event, id }: Extract<ViewerMessage, { type: 'send' }>): object {
    try {
      const refusal = this.#send(run, actor, event)
      return refusal ? { refused: id, why: refusal.reason, code: refusal.code } : { sent: id }
    } catch (error) {
      return { refused: id, why: toCause(error).message }
    }
  }
}

const runs = (summaries: readonly RunSummary[]): string => JSON.stringify({ runs: summaries })
const lines = (rows: readonly string[]): string => `{"lines":[${rows.join(',')}]}`

function parse(text: string): ViewerMessage | undefined {
  try {
    const asked = JSON.parse(text) as Partial<Record<string, unknown>> | null
    if (typeof asked?.run !== 'string') return undefined
    if (asked.type === 'watch' || asked.type === 'unwatch') return asked as ViewerMessage
    const { event, actor, id } = asked as { event?: { type?: unknown } | null; actor?: unknown; id?: unknown }
    const isSend = asked.type === 'send' && typeof actor === 'number' && typeof id === 'number'
    return isSend && typeof event === 'object' && typeof event?.type === 'string' ? (asked as ViewerMessage) : undefined
  } catch {
    return undefined
  }
}

import type { InspectionEvent } from 'xstate'
import { toCause } from '../../errors.ts'
import { checkOptions } from '../../border/options.ts'
import { formatValue } from '../../border/format-value.ts'
import { ClassicBridge } from './classic/bridge.ts'
import { classicEndpoint } from './classic/endpoint.ts'
import { createRedactor, type Redact } from './journal/redact.ts'
import type { Line } from './journal/line.ts'
import { JournalStore } from './journal/journal-store.ts'
import { createRecorder } from './journal/recorder.ts'
import { isLoopback } from './server/access-guard.ts'
import { openBrowser } from './server/open-browser.ts'
import { checkServerOptions } from './server/server-options.ts'
import { recordTo } from './server/record-to-file.ts'
import { sendEvent } from './server/send-event.ts'
import { serve } from './server/server.ts'
import { Viewers } from './server/viewers.ts'
import { StatelyReceiver } from './stately/stately-receiver.ts'

export type InspectorOptions = {
  /** The first port that is tried, 4280 by default; the next free one is taken. 0 is any. */
  port?: number
  /** `127.0.0.1` by default. Another address lets other machines in, and warns. */
  host?: string
  /** Hides more than what is named like a secret; see `Redact`. */
  redact?: Redact
  /** Opens the page in the browser. */
  open?: boolean
  /** Writes the journal of every run to this file, as JSON lines. */
  record?: string
  /** Shows runs that were recorded before: the lines of their journals. */
  journal?: readonly Line[]
}

export type Inspector = {
  /** Opens the page; it holds the token, so it is as secret as what the runs hold. */
  readonly url: string
  /** For `pipeline.run(input, { inspect })` and `createActor(machine, { inspect })`, for any number of runs. */
  readonly inspect: (event: InspectionEvent) => void
  /** For `createWebSocketInspector({ url })` of `@statelyai/inspect`: shows here what it sees. */
  readonly stately: string
  /** For `createWebSocketReceiver({ server })` of `@xstate/inspect` 0.8: shows there what is seen here. */
  readonly classic: string
  /** Ends the server; the journals are written out. */
  close(): Promise<void>
}

/**
 * Starts the live inspector: a page on this machine that shows every run that it is given to. It keeps no process
 * alive, and nothing that happens to it touches a run.
 *
 * @example
 * const inspector = await startInspector({ open: true })
 * await pipeline.run(input, { inspect: inspector.inspect })
 */
export async function startInspector(options: InspectorOptions = {}): Promise<Inspector> {
  checkOptions('startInspector', options, ['port', 'host', 'redact', 'open', 'record', 'journal'])
  checkServerOptions('startInspector', options)
  const { port = 4280, host = '127.0.0.1', redact, open = false, record, journal = [] } = options
  if (record !== undefined && typeof record !== 'string')
    throw new TypeError(`startInspector: record is ${formatValue(record)}. Give the name of a file.`)
  if (!Array.isArray(journal))
    throw new TypeError(
      `startInspector: journal is ${formatValue(journal)}. Give an array of lines, such as parseJournal(text) returns.`,
    )
  const clean = createRedactor(redact)
  const store = new JournalStore()
  const onError = (error: unknown) =>
    process.emitWarning(`The inspector lost track of a run: ${toCause(error).message}. The run itself continues.`)
  const named = new Set(journal.map((line) => line.run))
  let count = 0
  const nameRun = () => {
    do count++
    while (named.has(`r${count}`))
    return `r${count}`
  }
  const stopRecording = record === undefined ? () => {} : recordTo(record, store, onError)
  for (const line of journal) store.write(line)
  const tap = createRecorder(clean, store.write, nameRun, onError)
  const classic = new ClassicBridge(clean)
  const stately = new StatelyReceiver(clean, store.write, nameRun)
  const viewers = new Viewers(store, (run, number, event) => {
    const actor = tap.actor(run, number)
    if (!actor) throw new Error('The run has ended, or is not in this process: nothing can receive the event.')
    if (/^(xstate|tinyllm)\./.test(event.type)) throw new Error(`${event.type} cannot be sent from the inspector.`)
    return sendEvent(actor, event)
  })
  // Apps on this machine, on any port.
  const local = ({ hostname }: URL) => isLoopback(hostname)
  const { address, guard, close } = await serve(port, host, {
    '/live': { accept: (socket) => viewers.add(socket), maxPayload: 64 * 1024, tokenIn: 'protocol' },
    '/stately': { accept: (socket) => stately.accept(socket), maxPayload: 32e6, tokenIn: 'query', origins: local },
    '/classic': classicEndpoint(classic),
  })
  const url = `http://${address}/#token=${guard.token}`
  if (open) openBrowser(url)
  return {
    url,
    inspect: (event) => {
      try {
        // Actions are not recorded; the snapshots that they change are.
        if (event?.type === '@xstate.action') return
        tap.inspect(event)
        classic.inspect(event)
      } catch (error) {
        onError(error)
      }
    },
    stately: `ws://${address}/stately?token=${guard.token}`,
    classic: `${address}/classic?token=${guard.token}`,
    close: async () => {
      stopRecording()
      viewers.close()
      classic.close()
      stately.close()
      await close()
    },
  }
}

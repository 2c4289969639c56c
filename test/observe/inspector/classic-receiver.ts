import Module, { createRequire } from 'node:module'
import { WebSocket } from 'ws'

type Loader = {
  _resolveFilename(request: string, parent: { filename?: string } | undefined, ...rest: unknown[]): string
}
type Receiver = { subscribe(next: (event: ReceiverEvent) => void): { unsubscribe(): void }; send(event: object): void }
/** What the receivers of `@xstate/inspect` 0.8 hand over. */
export type ReceiverEvent = {
  type: string
  sessionId: string
  id?: string
  machine?: { id: string; states: Record<string, unknown>; getStateNodeById(id: string): unknown }
  state?: { value: unknown; context: unknown; done: boolean; event: { type: string } }
  event?: { name: string }
}

/** The real receiver, given the XState 4 that it needs and cannot have beside our 5. */
export function createWebSocketReceiver(options: { server: string }): Receiver {
  const loader = Module as unknown as Loader
  const original = loader._resolveFilename
  loader._resolveFilename = (request, parent, ...rest) => {
    const isIts = parent?.filename?.includes('@xstate/inspect') && /^xstate(\/|$)/.test(request)
    return original(isIts ? request.replace(/^xstate/, 'xstate4') : request, parent, ...rest)
  }
  Object.assign(globalThis, { WebSocket })
  try {
    const inspect = createRequire(import.meta.url)('@xstate/inspect') as {
      createWebSocketReceiver(given: object): Receiver
    }
    return inspect.createWebSocketReceiver(options)
  } finally {
    loader._resolveFilename = original
  }
}

import type { InspectionEvent } from 'xstate'
import { checkOptions } from '../../../border/options.ts'
import { createRedactor, type Redact } from '../journal/redact.ts'
import { checkServerOptions } from '../server/server-options.ts'
import { serve } from '../server/server.ts'
import { ClassicBridge } from './bridge.ts'
import { classicEndpoint } from './endpoint.ts'

export type ClassicBridgeOptions = {
  /** The first port that is tried, 4290 by default; the next free one is taken. 0 is any. */
  port?: number
  /** `127.0.0.1` by default. Another address lets other machines in, and warns. */
  host?: string
  /** Hides more than what is named like a secret. */
  redact?: Redact
}

/**
 * Only the bridge to the receivers of `@xstate/inspect` 0.8, without the page: `server` is for
 * `createWebSocketReceiver({ server })`, `inspect` for `createActor(machine, { inspect })`. `startInspector` has it too.
 *
 * @example
 * const { server, inspect } = await startClassicBridge()
 * await pipeline.run(input, { inspect })
 */
export async function startClassicBridge(options: ClassicBridgeOptions = {}): Promise<{
  server: string
  inspect: (event: InspectionEvent) => void
  close(): Promise<void>
}> {
  checkOptions('startClassicBridge', options, ['port', 'host', 'redact'])
  checkServerOptions('startClassicBridge', options)
  const { port = 4290, host = '127.0.0.1', redact } = options
  const bridge = new ClassicBridge(createRedactor(redact))
  const { address, guard, close } = await serve(port, host, { '/classic': classicEndpoint(bridge) })
  return {
    server: `${address}/classic?token=${guard.token}`,
    inspect: bridge.inspect,
    close: async () => {
      bridge.close()
      await close()
    },
  }
}

import { isLoopback } from '../server/access-guard.ts'
import type { Endpoint } from '../server/server.ts'
import type { ClassicBridge } from './bridge.ts'

/** Where receivers connect: apps on this machine, and the visualizer of stately.ai. */
export const classicEndpoint = (bridge: ClassicBridge): Endpoint => ({
  accept: (socket) => bridge.accept(socket),
  maxPayload: 64 * 1024,
  tokenIn: 'query',
  origins: ({ hostname, origin }: URL) => isLoopback(hostname) || origin === 'https://stately.ai',
})

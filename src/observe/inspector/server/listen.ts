import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How many ports after the wanted one are tried before any free one is taken. */
const TRIES = 20

/** Listens on the port, or on the next one that is free; resolves to the one it became. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  for (let tries = 0; ; tries++) {
    const wanted = port === 0 || tries > TRIES || port + tries > 65_535 ? 0 : port + tries
    try {
      await listenOnce(server, wanted, host)
      return (server.address() as AddressInfo).port
    } catch (error) {
      const { code } = error as { code?: string }
      if (wanted === 0 || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw error
    }
  }
}

const listenOnce = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

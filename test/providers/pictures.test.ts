import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ours, theirs } from './conversation.ts'
import { differences } from './difference.ts'
import { specimens } from './models.ts'
import { one } from './scenario.ts'

// A picture whose address a model does not take is fetched, and sent as what its bytes are. The server of these tests
// is on this machine, which has to be allowed.

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  response.end(png)
})
let address: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cat`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe.each(specimens.filter(({ can }) => can.see))('$name', (specimen) => {
  const asking = () =>
    one(
      '',
      { text: 'A cat.' },
      {
        prompt: [{ role: 'user', content: [{ text: 'What is this?' }, { image: address }] }],
        turns: [{ text: 'A cat.' }],
      },
    )

  test('a picture at an address that it does not take is sent as data', async () => {
    const scenario = asking()
    const [mine, yardstick] = [
      await ours(specimen, scenario, false, { imageDownload: { allowPrivate: true } }),
      await theirs(specimen, scenario, false, {
        // Its own refuses addresses of this machine.
        experimental_download: (wanted: { isUrlSupportedByModel: boolean }[]) =>
          Promise.resolve(
            wanted.map(({ isUrlSupportedByModel }) => (isUrlSupportedByModel ? null : { data: new Uint8Array(png) })),
          ),
      }),
    ]
    expect([mine.problem, yardstick.problem]).toEqual([undefined, undefined])
    const found = differences(mine.requests, yardstick.requests, 'requests')
    if (found.length > 0) expect.fail(found.join('\n'))
  })

  test('an address of this machine is not asked unless that is allowed', async () => {
    const { problem, requests } = await ours(specimen, asking(), false)
    const isSent = JSON.stringify(requests).includes(address)
    // What takes addresses itself is given it, and asks from where it is.
    if (isSent) expect(problem).toBe(undefined)
    else {
      expect(requests).toEqual([])
      expect(String(problem)).toContain('messages[0]')
    }
  })
})

import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, writeSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fn } from 'tinyllm'
import { type Inspector, startInspector } from 'tinyllm/inspector'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { knock, live, partsOf, until, view } from '../connect.ts'

let inspector: Inspector
beforeEach(async () => {
  inspector = await startInspector({ port: 0 })
})
afterEach(() => inspector.close())

const endpoints = () => {
  const { host, token } = partsOf(inspector)
  return [
    { name: 'live', url: `ws://${host}/live`, protocols: ['tinyllm', `token.${token}`] },
    { name: 'stately', url: inspector.stately, protocols: [] },
    { name: 'classic', url: `ws://${inspector.classic}`, protocols: [] },
  ]
}

function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  const { port } = partsOf(inspector)
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, headers, method }, (response) => {
      let text = ''
      response.on('data', (data) => (text += data))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    asked.on('error', reject).end()
  })
}

describe('the sockets', () => {
  test('let in who has the token, and answers without it', async () => {
    for (const { url, protocols } of endpoints()) expect(await knock(url, protocols)).toBe(101)
  })

  test('refuse a missing token and a wrong one', async () => {
    const { host } = partsOf(inspector)
    for (const path of ['live', 'stately', 'classic']) {
      expect(await knock(`ws://${host}/${path}`)).toBe(401)
      expect(await knock(`ws://${host}/${path}?token=wrong`)).toBe(401)
      expect(await knock(`ws://${host}/${path}`, ['tinyllm', 'token.wrong'])).toBe(401)
    }
  })

  test('do not take the token of the page from a query, where logs would have it', async () => {
    const { host, token } = partsOf(inspector)
    expect(await knock(`ws://${host}/live?token=${token}`)).toBe(401)
  })

  test('refuse a page of another origin, even with the token', async () => {
    for (const { url, protocols } of endpoints()) {
      for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
        expect(await knock(url, protocols, { origin })).toBe(403)
      }
    }
  })

  test('let apps on this machine reach the bridges, and only them', async () => {
    const [page, stately, classic] = endpoints()
    const origin = 'http://localhost:5173'
    expect(await knock(page!.url, page!.protocols, { origin })).toBe(403)
    expect(await knock(stately!.url, [], { origin })).toBe(101)
    expect(await knock(classic!.url, [], { origin })).toBe(101)
  })

  test('refuse a name that was made to point here', async () => {
    for (const { url, protocols } of endpoints()) {
      expect(await knock(url, protocols, { headers: { host: 'rebound.example' } })).toBe(403)
    }
  })

  test('know no other path', async () => {
    const { host, token } = partsOf(inspector)
    expect(await knock(`ws://${host}/other`, ['tinyllm', `token.${token}`])).toBe(404)
    expect(await knock(`ws://${host}/toString`, ['tinyllm', `token.${token}`])).toBe(404)
  })

  test('close on what is malformed, and go on for the others', async () => {
    const other = await view(inspector)
    for (const bad of [
      '{',
      'null',
      '[]',
      '{"type":"send"}',
      '{"type":"watch","run":7}',
      '{"type":"toString","run":"r1"}',
    ]) {
      const socket = live(inspector)
      await once(socket, 'open')
      socket.send(bad)
      const [code] = (await once(socket, 'close')) as [number]
      expect(code).toBe(1007)
    }
    const binary = live(inspector)
    await once(binary, 'open')
    binary.send(Buffer.from('{}'))
    expect((await once(binary, 'close'))[0]).toBe(1007)
    await fn({ name: 'still', run: () => 1 }).run(undefined, { inspect: inspector.inspect })
    await until(() => other.seen.runs[0]?.status === 'done')
    other.close()
  })

  test('close on what is too large', async () => {
    const socket = live(inspector)
    await once(socket, 'open')
    socket.send('x'.repeat(65 * 1024))
    expect((await once(socket, 'close'))[0]).toBe(1009)
  })
})

describe('the page', () => {
  test('comes with headers that let nothing else in', async () => {
    const { status, headers } = await get('/')
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe-eval')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  test('is refused under another name, to other origins, and to whoever writes', async () => {
    expect((await get('/', { host: 'rebound.example' })).status).toBe(403)
    expect((await get('/', { origin: 'https://evil.example' })).status).toBe(403)
    expect((await get('/', {}, 'POST')).status).toBe(405)
  })

  test('leads to no other file', async () => {
    for (const path of [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/assets/../../index.js',
      '/.env',
      '/assets/',
      '//etc/passwd',
    ]) {
      expect((await get(path)).status).toBe(404)
    }
  })
})

describe('the server', () => {
  test('listens on this machine only, and takes the next port if its own is taken', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const other = await startInspector({ port })
    expect(partsOf(other).port).toBeGreaterThan(port)
    expect(new URL(other.url).hostname).toBe('127.0.0.1')
    await other.close()
    taken.close()
  })

  test('warns when other machines can reach it', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const open = await startInspector({ port: 0, host: '0.0.0.0' })
    expect(warn.mock.calls[0]?.[0]).toContain('where other machines can reach it')
    await open.close()
  })

  test('keeps the token out of what it answers', async () => {
    const { token } = partsOf(inspector)
    const { text, headers } = await get('/')
    expect(text + JSON.stringify(headers)).not.toContain(token)
  })
})

describe('an event from the page', () => {
  test('cannot reach what is over, nor pretend to be one of ours', async () => {
    const viewer = await view(inspector)
    const actor = fn({
      name: 'long',
      run: (_: object, { signal }) => new Promise((_, no) => signal.addEventListener('abort', no)),
    }).start({}, { inspect: inspector.inspect })
    await until(() => viewer.seen.runs.length === 1)
    const { run } = viewer.seen.runs[0]!
    viewer.ask({ type: 'send', run, actor: 0, event: { type: 'tinyllm.cancel' }, id: 1 })
    viewer.ask({ type: 'send', run: 'r99', actor: 0, event: { type: 'GO' }, id: 2 })
    await until(() => viewer.seen.replies.length === 2)
    expect(viewer.seen.replies).toMatchObject([{ refused: 1 }, { refused: 2 }])
    expect(actor.getSnapshot().status).toBe('active')
    actor.stop()
    viewer.close()
  })
})

test('closing twice closes no file of anybody else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tinyllm-close-'))
  const inspector = await startInspector({ port: 0, record: join(folder, 'run.jsonl') })
  await inspector.close()
  const mine = openSync(join(folder, 'mine.txt'), 'w')
  await inspector.close()
  expect(() => writeSync(mine, 'hello')).not.toThrow()
  closeSync(mine)
})

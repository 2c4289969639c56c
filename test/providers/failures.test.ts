import { llmCall } from 'tinyllm'
import type { LanguageModel } from 'tinyllm/ai-sdk'
import { afterEach, describe, expect, test } from 'vitest'
import { allOf, ofType, type Told } from './heard.ts'
import { type Specimen, specimens } from './models.ts'
import { json, type Reply, serve, type Server } from './servers/http.ts'
import type { Wire } from './servers/turn.ts'

// What becomes of a run whose server refuses, is overloaded or breaks off, with every model.

const text = 'Take an umbrella.'
const key = 'test-key'
const twice = { retry: { attempts: 2, backoff: { initial: 1 } } }
const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

/** One call of a model whose server gives these replies, one a request, and then answers. */
async function call(
  specimen: Specimen,
  replies: readonly Reply[],
  settings: object,
): Promise<Told & { asked: number }> {
  const server = await serve((asked, place) => {
    const { wire } = specimen
    return replies[place] ?? (wire.wantsStream(asked) ? wire.stream({ text }) : wire.whole({ text }))
  })
  servers.push(server)
  const model = specimen.model(server.url, () => 'id') as LanguageModel
  const { providerOptions } = specimen
  const chat = llmCall({ name: 'chat', model, ...(providerOptions && { providerOptions }), ...settings })
  const run = chat.stream('Do I need an umbrella?', { timeout: 5000 })
  return { ...(await allOf(run)), asked: server.asked.length }
}

// A wait that nobody asked for ends its test, and not the patience of who runs it.
describe.each(specimens)('$name', { timeout: 10_000 }, (specimen) => {
  const { wire, name } = specimen
  const model = specimen.model('http://127.0.0.1', () => '')
  const [owner] = name.split(' ') as [string]

  describe.each([
    ['whole', false],
    ['streamed', true],
  ] as const)('%s', (_, stream) => {
    test('a refused key is said in words, with what to do, and not tried again', async () => {
      const { error, asked } = await call(specimen, [refused(wire, 401)], { stream, ...twice })
      expect(asked).toBe(1)
      expect(error?.message).toContain('401')
      expect(error?.message.toLowerCase()).toContain(owner.replace('openai-compatible', ''))
      expect(error?.message).toContain(model.modelId)
      expect(error?.message).toMatch(/key/i)
      expect(JSON.stringify(error) + error?.message).not.toContain(key)
    })

    test.each([429, 503, 529])('%i is tried again', async (status) => {
      const { output, asked } = await call(specimen, [refused(wire, status)], { stream, ...twice })
      expect([asked, output]).toEqual([2, text])
    })

    test('the time that the server names is told, and followed', async () => {
      const after = { 'retry-after-ms': '60' }
      const { error } = await call(specimen, [refused(wire, 429, after)], { stream })
      expect(error?.retryAfter).toBe(60)
      const start = performance.now()
      const { output, asked } = await call(specimen, [refused(wire, 429, after)], { stream, retry: { attempts: 2 } })
      expect([asked, output]).toEqual([2, text])
      expect(performance.now() - start).toBeGreaterThanOrEqual(59)
    })

    test('a time that is too long is not waited for, and is said', async () => {
      const { error, asked } = await call(specimen, [refused(wire, 429, { 'retry-after': '100000' })], {
        stream,
        ...twice,
      })
      expect(asked).toBe(1)
      expect(error?.retryAfter).toBe(100_000_000)
      expect(error?.message).toMatch(/28 h|27\.8|100,?000|1 day/i)
    })

    if (wire.waits) {
      test('the time that the server names in its own way is told', async () => {
        const { error } = await call(specimen, [refused(wire, 429, wire.waits?.())], { stream })
        expect(error?.retryAfter).toBeGreaterThanOrEqual(200)
        expect(error?.retryAfter).toBeLessThanOrEqual(1000)
      })
    }

    test('a page instead of an answer is said in words', async () => {
      const page = '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>Bad gateway</body></html>'
      for (const status of [502, 200]) {
        const headers = { 'content-type': 'text/html' }
        const { error } = await call(specimen, [{ status, headers, pieces: [page] }], { stream })
        expect(error?.message).not.toContain('<')
        expect(error?.message).toContain(model.modelId)
        if (status === 502) expect(error?.message).toContain('502')
      }
    })

    test('a connection that breaks before the answer is tried again', async () => {
      const cut: Reply = { pieces: [], end: 'cut' }
      const { output, asked } = await call(specimen, [cut], { stream, ...twice })
      expect([asked, output]).toEqual([2, text])
    })
  })

  describe.each([
    ['before the first token', 0],
    ['after the first token', 1],
  ] as const)('in the midst of a stream, %s', (_, more) => {
    test('an overload is tried again', async () => {
      const pieces = [...begun(wire, more), wire.overloaded]
      const told = await call(specimen, [{ ...wire.stream({ text }), pieces }], { stream: true, ...twice })
      expect([told.asked, told.output]).toEqual([2, text])
      expect(ofType(told, 'token').length).toBeGreaterThan(more)
    })

    test('an overload that does not pass is said in words', async () => {
      const pieces = [...begun(wire, more), wire.overloaded]
      const { error } = await call(specimen, [{ ...wire.stream({ text }), pieces }], { stream: true })
      expect(error?.code).toBe('run')
      expect(error?.message).toContain(model.modelId)
      expect(error?.message).toContain('Run it again')
    })

    test('a broken connection is tried again', async () => {
      const pieces = begun(wire, more)
      const broken: Reply = { ...wire.stream({ text }), pieces, end: 'cut' }
      const { output, asked } = await call(specimen, [broken], { stream: true, ...twice })
      expect([asked, output]).toEqual([2, text])
    })

    test('a stream that just ends is tried again', async () => {
      const { output, asked } = await call(specimen, [{ ...wire.stream({ text }), pieces: begun(wire, more) }], {
        stream: true,
        ...twice,
      })
      expect([asked, output]).toEqual([2, text])
    })
  })
})

const refused = (wire: Wire, status: number, headers: Record<string, string> = {}): Reply => {
  const said = json(wire.problem(status, status === 401 ? `Incorrect API key provided: ${key}.` : 'Not now.'))
  return { ...said, status, headers: { ...said.headers, ...headers } }
}

/** The beginning of a stream, with this many pieces of the text. */
function begun(wire: Wire, more: number): readonly (string | Uint8Array)[] {
  const { pieces } = wire.stream({ text })
  const first = pieces.findIndex((piece) => Buffer.from(piece).includes('Take an'))
  return pieces.slice(0, first + more)
}

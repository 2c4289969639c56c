import { describe, expect, test } from 'vitest'
import { ofType, tellOf, type Told } from './heard.ts'
import { type Specimen, specimens } from './models.ts'
import type { Turn, Used } from './servers/turn.ts'
import { factsOfTheirs } from './yardstick.ts'

// The same facts leave a run of every model, in both modes, whatever the version of its package.

const modes = [
  ['whole', false],
  ['streamed', true],
] as const
const text = 'Take an umbrella.'
const used: Used = { input: 100, cached: 40, cacheWrite: 10, output: 30, reasoning: 20, cost: 0.0123 }
const price = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }

describe.each(specimens)('$name', (specimen) => {
  const { wire, can, tells, sdk } = specimen

  describe.each(modes)('%s', (_, stream) => {
    const tell = (turn: Turn, settings: object = {}) =>
      tellOf(specimen, turn, { stream, ...optionsOf(specimen), ...settings })
    const theirs = (turn: Turn, settings: object = {}) => factsOfTheirs(specimen, turn, stream, settings)

    test('usage counts all input, and what of it the cache gave and took', async () => {
      const told = await tell({ text, used: usedOf(specimen) })
      expect(told.output).toBe(text)
      expect(ofType(told, 'usage')).toEqual([
        {
          type: 'usage',
          path: 'chat',
          inputTokens: 100,
          outputTokens: 30,
          ...(tells.cached && { cachedInputTokens: 40 }),
          ...(tells.written && { cacheWriteTokens: 10 }),
          ...(tells.reasoning && { reasoningTokens: 20 }),
          ...(tells.cost && { cost: 0.0123 }),
        },
      ])
    })

    test('cost goes by the prices, those of the cache among them, unless the server names it', async () => {
      const told = await tell({ text, used: usedOf(specimen) }, { prices: pricesOf(specimen) })
      const [read, written] = [tells.cached ? 40 : 0, tells.written ? 10 : 0]
      const millionfold = (100 - read - written) * 3 + read * 0.3 + written * 3.75 + 30 * 15
      expect(ofType(told, 'usage').map(({ cost }) => cost)).toEqual([tells.cost ? 0.0123 : millionfold / 1e6])
    })

    if (tells.nothing) {
      test('what the server did not count is not told', async () => {
        const told = await tell({ text, used: 'untold' })
        expect(told.output).toBe(text)
        expect(ofType(told, 'usage')).toEqual([])
      })
    }

    if (can.think || can.sign) {
      test('a thought is told, and no empty piece of it', async () => {
        const told = await tell({ thoughts: [{ text: 'I look outside.', signature: 'c2lnbmF0dXJl' }], text })
        const pieces = ofType(told, 'reasoning').map(({ delta }) => delta)
        expect([pieces.join(''), pieces.includes('')]).toEqual(['I look outside.', false])
        expect(told.output).toBe(text)
      })
    }
    if (can.hide || can.sign) {
      test('a thought without words is no event', async () => {
        const hidden = can.hide && { hidden: 'aGlkZGVu' }
        const told = await tell({ thoughts: [{ text: '', signature: 'c2lnbmF0dXJl', ...hidden }], text })
        expect(ofType(told, 'reasoning').filter(({ delta }) => delta === '')).toEqual([])
        expect(told.output).toBe(text)
      })
    }

    test('tokens are told while they come, none of them empty', async () => {
      const pieces = ofType(await tell({ text }), 'token').map(({ delta }) => delta)
      if (stream) expect([pieces.join(''), pieces.length > 1, pieces.includes('')]).toEqual([text, true, false])
      else expect(pieces).toEqual([])
    })

    test('why it ended is told in our words and in those of the server', async () => {
      const cut = await tell({ text, reason: wire.reasons.length })
      expect(reasonsOf(cut)).toEqual([['length', sdk === 5 ? 'length' : wire.reasons.length]])
      expect(cut.error?.cause).toMatchObject({ name: 'ModelError', problem: 'length' })
      const raw = sdk === 5 ? undefined : wire.reasons.done
      expect(reasonsOf(await tell({ text }))).toEqual([['stop', raw ?? 'stop']])
    })

    test('what its package warns of is told', async () => {
      const settings = { seed: 1, topK: 1 }
      const { warned } = await theirs({ text }, settings)
      const told = ofType(await tell({ text }, settings), 'warning')
      expect(told.map(({ feature }) => feature)).toEqual(warned)
      for (const { message } of told) expect(message).toEqual(expect.stringMatching(/\S/))
    })

    test('the id and the headers of the response are told', async () => {
      const { id } = await theirs({ text })
      const [response, ...more] = ofType(await tell({ text }), 'response')
      expect(more).toEqual([])
      expect(response?.headers).toMatchObject({ [wire.requestId]: 'req_1' })
      // Where the server gives none, the AI SDK makes one up.
      expect(response?.id).toBe(id?.startsWith('aitxt') ? undefined : id)
    })

    if (tells.sources) {
      test('sources are told', async () => {
        const told = await tell({ text, sources: [{ url: 'https://weather.example.com/', title: 'The weather' }] })
        const [source, ...more] = ofType(told, 'source')
        expect(more).toEqual([])
        expect(source).toMatchObject({ url: 'https://weather.example.com/', title: 'The weather' })
        expect(told.output).toBe(text)
      })
    }
    if (tells.pictures) {
      test('a picture that the model drew is told', async () => {
        const told = await tell({ text, pictures: [{ mediaType: 'image/png', base64: 'iVBORw0KGgo=' }] })
        const [file, ...more] = ofType(told, 'file')
        expect(more).toEqual([])
        expect(file).toMatchObject({ mediaType: 'image/png' })
        expect(JSON.stringify(file)).toContain('iVBORw0KGgo=')
        expect(told.output).toBe(text)
      })
    }
    if (tells.refusal) {
      test('a refusal is a refusal, with its words', async () => {
        const words = 'I cannot help with that.'
        const { refusal: reason } = wire.reasons
        const told = await tell(reason ? { text: words, reason } : { refusal: words })
        expect(told.error?.cause).toMatchObject({
          name: 'ModelError',
          problem: 'refusal',
          message: expect.stringContaining(words),
        })
      })
    }
  })
})

const optionsOf = ({ providerOptions }: Specimen) => (providerOptions ? { providerOptions } : {})

/** What was used, as far as the wire has words for it. */
function usedOf({ tells }: Specimen): Used {
  const { cached, cacheWrite, reasoning, cost, ...rest } = used
  return {
    ...rest,
    ...(tells.cached && { cached }),
    ...(tells.written && { cacheWrite }),
    ...(tells.reasoning && { reasoning }),
    ...(tells.cost && { cost }),
  } as Used
}

const pricesOf = (specimen: Specimen) => ({ [specimen.model('http://127.0.0.1', () => '').modelId]: price })

const reasonsOf = (told: Told) => ofType(told, 'finish').map(({ reason, rawReason }) => [reason, rawReason ?? reason])

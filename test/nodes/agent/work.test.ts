import { agent, type AnyFn, asTool, fn, type RunEvent } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { engines, results, scripted } from './script.ts'

const input = z.object({})
const picture = 'data:image/png;base64,iVBORw0KGgo='

describe.each(engines)('what the tools of an agent come to, on the %s engine', (engine) => {
  const ran = async (tool: AnyFn, options: object = {}) => {
    const { model, requests } = scripted([{ id: 'a', name: 'work' }], 'Done.')
    const events: RunEvent[] = []
    const it = agent({ name: 'it', model, tools: [tool], ...options } as never) as AnyFn
    for await (const event of it.stream('Go' as never, { engine })) events.push(event as RunEvent)
    return { told: results(requests[1]!)[0], last: requests[1]?.messages.at(-1), events }
  }
  const at = (events: readonly RunEvent[], type: string) => events.filter((event) => event.type === type)

  test('is cut where it is too long, with a note and an event', async () => {
    const work = fn({ name: 'work', description: 'Works.', input, run: async () => 'x'.repeat(30) })
    const { told, events } = await ran(work, { maxResultLength: 10 })
    expect(told).toBe(`${'x'.repeat(10)}… [cut: the first 10 of 30 characters]`)
    const event = { type: 'resultCut', turn: 1, callId: 'a', name: 'work', length: 30, maxResultLength: 10 }
    expect(at(events, 'event')).toMatchObject([{ path: 'it.act[a].work', event }])
    expect((await ran(work)).told).toBe('x'.repeat(30))
    expect((await ran(work, { maxResultLength: Infinity })).told).toBe('x'.repeat(30))
  })

  test('of a generator is the last value that it yields; those before it are progress of the call', async () => {
    const run = async function* () {
      yield 'a quarter'
      yield 'half'
      yield { done: true }
    }
    const { told, events } = await ran(fn({ name: 'work', description: 'Works.', input, run }))
    expect(told).toBe('{"done":true}')
    expect(at(events, 'progress')).toMatchObject(
      ['a quarter', 'half'].map((value) => ({ path: 'it.act[a].work', callId: 'a', turn: 1, value })),
    )
  })

  test('outside of an agent such a function returns what it returns', async () => {
    const run = function* () {
      yield 1
      yield 2
    }
    const each = fn({ name: 'each', run: () => run() })
    expect([...((await each.run(undefined, { engine })) as Iterable<number>)]).toEqual([1, 2])
  })

  test('may be a picture, as a message or a server of tools has it', async () => {
    const shows = [
      [{ type: 'text', text: 'Here.' }, { type: 'image_url', image_url: { url: picture } }],
      [{ type: 'text', text: 'Here.' }, { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' }],
    ] // prettier-ignore
    for (const shown of shows) {
      const plain = fn({ name: 'work', description: 'Works.', input, run: async () => shown })
      const dressed = asTool(fn({ name: 'draw', input, run: async () => 3 }), {
        name: 'work',
        description: 'Works.',
        toModel: () => shown as never,
      })
      for (const work of [plain, dressed]) {
        const { told, last, events } = await ran(work as AnyFn)
        expect(told).toBe('Here.\n[image]')
        const value = [{ type: 'text', text: 'Here.' }, { type: 'image_url', image_url: { url: picture } }] // prettier-ignore
        expect(last).toMatchObject({ result: { type: 'content', value } })
        expect(at(events, 'toolResult')).toMatchObject([{ success: true, content: value }])
      }
    }
  })

  test('what the model sees is what toModel makes; endWith has the output itself', async () => {
    const find = fn({ name: 'find', input, run: async () => ({ rows: [1, 2, 3] }) })
    const work = asTool(find, { name: 'work', description: 'Works.', toModel: ({ rows }) => `${rows.length} rows` })
    expect((await ran(work as AnyFn)).told).toBe('3 rows')
    const { model } = scripted([{ name: 'work' }])
    expect(await agent({ name: 'it', model, tools: [work], endWith: 'work' }).run('Go', { engine })).toEqual({
      rows: [1, 2, 3],
    })
  })
})

import { agent, fn, type RunEvent } from 'tinyllm'
import { toPromise } from 'xstate'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { engines, json, resumed, scripted, texts } from './script.ts'

const output = z.object({ n: z.number() })

describe.each(engines)('an answer that does not fit output, on the %s engine', (engine) => {
  const options = { engine }
  const paying = () => {
    const run = vi.fn(() => 'paid')
    return { run, pay: fn({ name: 'pay', description: 'Pays.', input: z.object({}), run }) }
  }

  test('goes back to the model in the same conversation, and what was done is done once', async () => {
    const { run, pay } = paying()
    const { model, requests } = scripted([{ name: 'pay' }], '{"n":"many"}', '{"n":4}')
    const it = agent({ name: 'it', model, tools: [pay], output, transcript: true })
    const { output: made, messages } = await it.run('Go', options)
    expect(made).toEqual({ n: 4 })
    expect(run).toHaveBeenCalledTimes(1)
    const told = texts(requests[2]?.messages)
    expect(told.slice(0, -2)).toEqual(texts(requests[1]?.messages))
    expect(told.at(-2)).toBe('assistant: {"n":"many"}')
    expect(told.at(-1)).toContain('n: Invalid input: expected number, received string')
    // The transcript is what counts.
    expect(texts(messages).slice(1)).toEqual(['assistant: ', 'tool: paid', 'assistant: {"n":4}'])
  })

  test('is asked again twice, without counting as a turn, and is the failure then', async () => {
    const { model, requests } = scripted('no')
    const it = agent({ name: 'it', model, tools: [], output, maxTurns: 1 })
    expect(await it.safeRun('Go', options)).toMatchObject({ error: { code: 'output_validation', path: 'it' } })
    expect(requests).toHaveLength(3)
    const once = scripted('no')
    await agent({ name: 'it', model: once.model, tools: [], output, outputRetries: 0 }).safeRun('Go', options)
    expect(once.requests).toHaveLength(1)
  })

  test('a later answer may call tools again', async () => {
    const { run, pay } = paying()
    const { model } = scripted('no', [{ name: 'pay' }], 'nor', '{"n":1}')
    expect(await agent({ name: 'it', model, tools: [pay], output }).run('Go', options)).toEqual({ n: 1 })
    expect(run).toHaveBeenCalledTimes(1)
  })

  test('is no event', async () => {
    const { model } = scripted('no', '{"n":4}')
    const events: RunEvent[] = []
    for await (const event of agent({ name: 'it', model, tools: [], output }).stream('Go', options)) events.push(event)
    const said = events.flatMap((event) => (event.type === 'message' ? [event.message.content] : []))
    expect(said).toEqual(['{"n":4}'])
  })

  test('is kept in a saved run, so that the model knows of it after a restore', async () => {
    let isStuck = true
    const { model, requests } = scripted('no', '{"n":4}')
    const slow = (request: Parameters<typeof model>[0]) =>
      requests.length === 1 && isStuck ? new Promise<never>(() => {}) : model(request)
    const it = agent({ name: 'it', model: slow, tools: [], output })
    const first = it.start('Go', options)
    await vi.waitFor(() => expect(JSON.stringify(first.getPersistedSnapshot())).toContain('drafts'))
    const snapshot = json(first.getPersistedSnapshot())
    first.stop()
    isStuck = false
    expect(await toPromise(resumed(it, snapshot))).toEqual({ n: 4 })
    expect(texts(requests[1]?.messages)).toContain('assistant: no')
  })
})

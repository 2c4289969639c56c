import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { agent, type ChatMessage, fn, llmCall, type PersistedSnapshot } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { createActor, type AnyStateMachine, toPromise } from 'xstate'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { rawServer } from './server.ts'

type Body = { messages: ChatMessage[] }
type Said = string | object | number
/**
 * A server that honours idempotency keys as servers do: what it answered under a key it answers again. The answers come
 * in this order; a number is a status.
 */
async function honestServer(...answers: Said[][]) {
  const requests: { key: string; body: Body }[] = []
  const known = new Map<string, object>()
  const { access } = await rawServer((response, request, text) => {
    const key = String(request.headers['idempotency-key'])
    requests.push({ key, body: JSON.parse(text) as Body })
    const fresh = () => {
      const choices = answers.shift()!.map((said, index) => {
        const message = typeof said === 'object' ? { content: null, tool_calls: said } : { content: said }
        return { index, finish_reason: typeof said === 'object' ? 'tool_calls' : 'stop', message }
      })
      return { id: 'x', object: 'chat.completion', choices }
    }
    response.setHeader('content-type', 'application/json')
    if (typeof answers[0]?.[0] === 'number') {
      response.statusCode = Number(answers.shift()![0])
      return void response.end('{"error":{"message":"not now"}}')
    }
    const answer = known.get(key) ?? fresh()
    known.set(key, answer)
    response.end(JSON.stringify(answer))
  })
  return { access, requests }
}

const retry = { attempts: 3, feedback: true, backoff: { initial: 1 } }
const base = { name: 'chat', model: 'gpt-4o-mini', retry } as const
const person = z.object({ name: z.string(), age: z.number() })
const user = (content: string): ChatMessage => ({ role: 'user', content })
const call = (id: string, text: string) => ({ id, type: 'function', function: { name: 'weather', arguments: text } })
const weather = { description: 'Tells the weather.', input: z.object({ city: z.string() }) }

describe('feedback to a model', () => {
  test('of a structured answer: as it was said, and what was wrong', async () => {
    const said = '{"name":"Ada","age":"old"}'
    const { access, requests } = await honestServer([said], ['{"name":"Ada","age":36}'])
    const chat = openAIChat({ ...base, ...access, output: person })
    expect(await chat.run('Who?', { id: 'run' })).toEqual({ name: 'Ada', age: 36 })
    expect(requests.map(({ body }) => body.messages)).toEqual([
      [user('Who?')],
      [
        user('Who?'),
        { role: 'assistant', content: said },
        user(expect.stringMatching(/^Your last answer does not fit: age: .*expected number/) as never),
      ],
    ])
  })

  test('of a text that is checked, each refusal in its turn, under a key of its own', async () => {
    const { access, requests } = await honestServer(['Hard to say'], [503], ['Well'], ['good'])
    const chat = openAIChat({ ...base, ...access, retry: { ...retry, attempts: 4 }, output: z.enum(['good', 'bad']) })
    expect(await chat.run('Good or bad?', { id: 'run' })).toBe('good')
    const said = requests.map(({ body }) => body.messages.filter(({ role }) => role === 'assistant'))
    expect(said.map((list) => list.map(({ content }) => content))).toEqual([
      [],
      ['Hard to say'],
      ['Hard to say'],
      ['Hard to say', 'Well'],
    ])
    const keys = requests.map(({ key }) => key)
    expect(keys).toEqual(['run:chat', keys[1], keys[1], keys[3]])
    expect(new Set(keys).size).toBe(3)
  })

  test('of calls of tools: each call has an answer', async () => {
    const calls = [call('a', '{"city":"Oslo"}'), call('b', '{"city":1}')]
    const { access, requests } = await honestServer([calls], [[call('a', '{"city":"Rome"}')]])
    const chat = openAIChat({ ...base, ...access, tools: { weather } })
    const answer = await chat.run('Weather?')
    expect(answer.tool_calls.map(({ arguments: given }) => given)).toEqual([{ city: 'Rome' }])
    // An id that was used is not used again.
    expect(answer.tool_calls[0]?.id).not.toBe('a')
    expect(requests[1]?.body.messages.slice(1)).toMatchObject([
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', tool_call_id: 'a', content: expect.stringContaining('was not made') },
      { role: 'tool', tool_call_id: 'b', content: expect.stringContaining('city: ') },
    ])
  })

  test('of several answers: which one', async () => {
    const { access, requests } = await honestServer(['good', 'Hard to say'], ['good', 'bad'])
    const chat = openAIChat({ ...base, ...access, n: 2, output: z.enum(['good', 'bad']) })
    expect(await chat.run('Good or bad?')).toEqual(['good', 'bad'])
    expect(requests[1]?.body.messages.slice(1)).toEqual([
      user(expect.stringMatching(/^Answer 2 of 2 does not fit: .*It was:\nHard to say/s) as never),
    ])
  })

  test('without feedback the same is asked again, under the same key', async () => {
    const { access, requests } = await honestServer(['Hard to say'])
    const chat = openAIChat({ ...base, ...access, retry: { ...retry, feedback: false }, output: z.enum(['good']) })
    await expect(chat.run('Good?')).rejects.toMatchObject({ code: 'output_validation', attempts: 3 })
    expect(requests).toHaveLength(3)
    expect(new Set(requests.map((request) => JSON.stringify(request))).size).toBe(1)
  })

  test.each(['fast', 'stock'] as const)('is not lost where a run is saved, on the %s engine', async (engine) => {
    const { access, requests } = await honestServer(['Hard to say'], ['good'])
    const slow = { attempts: 2, feedback: true, backoff: { initial: 60_000 } }
    const make = (retry: object) =>
      openAIChat({ name: 'chat', model: 'm', output: z.enum(['good', 'bad']), ...access, retry } as never)
    const machineOf = (retry: object) => {
      const { machine } = make(retry) as unknown as { machine: AnyStateMachine & { stock: AnyStateMachine } }
      return engine === 'stock' ? machine.stock : machine
    }
    const first = createActor(machineOf(slow), { input: 'Good?', id: 'run' })
    const waiting = new Promise<void>((resolve) => {
      first.subscribe(({ value }) => value === 'waitingToRetry' && resolve())
    })
    first.start()
    await waiting
    const saved = JSON.parse(JSON.stringify(first.getPersistedSnapshot())) as PersistedSnapshot
    first.stop()
    const waits = saved as unknown as { children: Record<string, { snapshot: { input: { at: number } } }> }
    waits.children['chat#retry']!.snapshot.input.at = 0
    // Once more, in the midst of the next attempt.
    const second = createActor(machineOf(slow), { snapshot: saved as never })
    const running = new Promise<object>((resolve) => {
      second.subscribe(({ value }) => value === 'running' && resolve(second.getPersistedSnapshot()))
    })
    second.start()
    const again = JSON.parse(JSON.stringify(await running)) as object
    second.stop()
    expect(await toPromise(createActor(machineOf(slow), { snapshot: again as never }).start())).toBe('good')
    const last = requests.at(-1)!
    expect(last.body.messages.slice(1)).toEqual([
      { role: 'assistant', content: 'Hard to say' },
      user(expect.stringContaining('does not fit') as never),
    ])
    expect(last.key).not.toBe('run:chat')
  })

  test('an agent tells its model, of its own answer and of the model’s', async () => {
    const { access, requests } = await honestServer(['about forty'], ['41'])
    const model = openAIChat({ name: 'chat', model: 'm', ...access })
    const ask = fn({ name: 'ask', description: 'Asks.', input: z.object({}), run: () => 'x' })
    const made = agent({ name: 'it', model, tools: [ask], output: z.number(), retry })
    expect(await made.run('How old?')).toBe(41)
    expect(requests[1]?.body.messages.slice(-2)).toEqual([
      { role: 'assistant', content: 'about forty' },
      user(expect.stringContaining('does not fit') as never),
    ])
  })

  test.each([false, true])('a model of the AI SDK is told (tools: %s)', async (withTools) => {
    const first = withTools ? [call('b', '{"city":1}')] : '{"name":"Ada"}'
    const then = withTools ? [call('c', '{"city":"Oslo"}')] : '{"name":"Ada","age":36}'
    const { access, requests } = await honestServer([first], [then])
    const sdk = createOpenAICompatible({ name: 'test', ...access })('m')
    const wanted = withTools ? { tools: { weather } } : { output: person }
    const answer = await llmCall({ name: 'chat', model: sdk, retry, ...wanted } as never).run('Who?')
    expect(answer).toMatchObject(withTools ? { tool_calls: [{ arguments: { city: 'Oslo' } }] } : { age: 36 })
    expect(requests[1]?.body.messages.slice(1)).toMatchObject(
      withTools
        ? [{ role: 'assistant' }, { role: 'tool', tool_call_id: 'b', content: expect.stringContaining('city: ') }]
        : [{ role: 'assistant', content: first }, user(expect.stringContaining('age: ') as never)],
    )
    expect(new Set(requests.map(({ key }) => key)).size).toBe(2)
  })

  test('llmCall hands it to a function in its messages', async () => {
    const heard: (readonly ChatMessage[])[] = []
    const answers = [{ age: 'old' }, { age: 36 }]
    const own = llmCall({
      name: 'own',
      retry,
      output: z.object({ age: z.number() }) as never,
      model: async (messages) => {
        heard.push(messages)
        return answers.shift()
      },
    })
    expect(await own.run('Age?')).toEqual({ age: 36 })
    expect(heard[1]?.slice(1)).toEqual([
      { role: 'assistant', content: '{"age":"old"}' },
      user(expect.stringContaining('age: ') as never),
    ])
  })
})

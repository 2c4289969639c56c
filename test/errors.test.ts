import { inspect } from 'node:util'
import { fn, PipelineError, type ChatMessage, type ErrorData } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { withUsage, moveError, toErrorData, toError } from '../src/errors.ts'

const messages: ChatMessage[] = [
  { role: 'user', content: 'What is the secret?' },
  { role: 'assistant', content: 'A secret.' },
]
const failed = () =>
  new PipelineError({ code: 'max_iterations', path: 'a.b', state: 'running', message: 'a.b had no answer.', messages })

describe('the conversation of an agent that failed', () => {
  test('is on the error, and not in its JSON, a copy or a log', () => {
    const error = failed()
    expect(error.messages).toBe(messages)
    expect(Object.keys(error)).not.toContain('messages')
    expect(error.toJSON()).not.toHaveProperty('messages')
    expect({ ...error }).not.toHaveProperty('messages')
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(inspect(error)).not.toContain('secret')
  })

  test('an error without one has no such property', () => {
    expect('messages' in new PipelineError({ code: 'run', path: 'a', state: 'running', message: 'No.' })).toBe(false)
  })

  test('is on its data while the process lives, and in no JSON or copy of that', () => {
    const data = toErrorData(failed()) as ErrorData
    expect(data.messages).toBe(messages)
    expect(JSON.stringify(data)).not.toContain('secret')
    expect({ ...data }).not.toHaveProperty('messages')
    expect(structuredClone(data)).not.toHaveProperty('messages')
    expect(toErrorData(toError(JSON.parse(JSON.stringify(data)) as ErrorData))).not.toHaveProperty('messages')
  })

  test('comes back with the error that the data stands for', () => {
    const data = toErrorData(failed())
    expect(toError(data).messages).toBe(messages)
    const unknown = Object.defineProperty({ ...data }, 'messages', { value: messages })
    expect(toError(unknown).messages).toBe(messages)
    expect(Object.keys(toError(unknown))).not.toContain('messages')
  })

  test('stays with the error that a run ends with, and with one that is told of elsewhere', () => {
    const ended = withUsage(toErrorData(failed()), { inputTokens: 1, outputTokens: 2, cost: 3 })
    expect(ended.messages).toBe(messages)
    expect(toError(ended)).toMatchObject({ messages, usage: { inputTokens: 1 } })
    const moved = moveError(failed(), 'a', 'c') as PipelineError
    expect(moved.path).toBe('c.b')
    expect(moved.messages).toBe(messages)
    expect(Object.keys(moved)).not.toContain('messages')
  })

  test('of an error that a leaf throws, it is with the cause', async () => {
    const leaf = fn({ name: 'leaf', run: () => Promise.reject(failed()) })
    const { error } = await leaf.safeRun(undefined)
    expect(error).toMatchObject({ path: 'leaf', cause: { path: 'a.b', messages } })
  })
})

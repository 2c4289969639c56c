import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AnyFn,
  chain,
  type ErrorCode,
  type ErrorData,
  fn,
  llmCall,
  PipelineError,
  type StandardSchema,
} from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { toolFailureText, isMistake, argumentsProblem } from '../../../src/nodes/agent/failure-messages.ts'
import { safeValidate } from '../../../src/border/schema.ts'

const place = { inputs: ['it.act[c1].t'], timeout: undefined }
const errorOf = (code: string, rest: object = {}): ErrorData =>
  new PipelineError({
    code: code as ErrorCode,
    path: 'it.act[c1].t.inner',
    state: 'running',
    message: 'it.act[c1].t.inner failed while running: no. Raise the limit.',
    ...rest,
  }).toJSON()
const failed = async (tool: AnyFn, input: unknown = {}): Promise<ErrorData> => {
  const result = await tool.safeRun(input as never)
  if (result.success) throw new Error('it did not fail')
  return JSON.parse(JSON.stringify(result.error)) as ErrorData
}

describe('a failure in words for a model', () => {
  test.each<[string, object, string]>([
    ['input_validation', { issues: [{ message: 'too small', path: ['n'] }] }, 'a step of the tool rejected its input (n: too small)'],
    ['output_validation', {}, 'the tool ran, but its result does not have the required form'],
    ['timeout', {}, 'a part of the tool took too long, and was stopped'],
    ['aborted', {}, 'the tool was stopped before it ended'],
    ['invalid_choice', {}, 'the tool could not decide how to continue'],
    ['max_iterations', {}, 'the tool reached no result within its maximum number of rounds'],
    ['rejected', { message: 'it.act[c1].t was ended by a person, who rejected a call of a tool.' }, 'a person ended what the tool was doing'],
    ['rejected', { message: 'it.act[c1].t was ended by a person, who rejected a call of a tool. Their reason: too dear' }, 'a person ended what the tool was doing. Their reason: too dear'],
    ['budget_exceeded', {}, 'the tool has used up its budget, and was stopped'],
    ['snapshot_mismatch', {}, 'the tool could not go on from where it was stopped'],
    ['run', { cause: new Error('the disk is full') }, 'the disk is full'],
    ['a_code_of_tomorrow', {}, 'the tool failed'],
  ])('has a sentence for %s, without paths and advice', (code, rest, words) => {
    expect(toolFailureText(errorOf(code, rest), place)).toBe(words)
  }) // prettier-ignore

  test('tells nothing of the server of a model', async () => {
    const server = createServer((_, response) => {
      response.statusCode = 401
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ error: { message: 'Incorrect API key provided: sk-1', code: 'invalid_api_key' } }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const chat = openAIChat({ name: 'chat', model: 'gpt-4o', apiKey: 'sk-1', baseURL: `http://127.0.0.1:${port}/v1` })
    const error = await failed(chat as never, 'Hi')
    expect(error.cause?.message).toContain('401')
    expect(toolFailureText(error, { inputs: ['chat'], timeout: undefined })).toBe(
      'the model that the tool calls returned no usable answer',
    )
  })

  test('keeps what a service said of whose name is known', async () => {
    const declined = Object.assign(new Error('the card was declined'), { provider: 'stripe' })
    const error = await failed(fn({ name: 't', run: () => Promise.reject(declined) }))
    expect(toolFailureText(error, { inputs: ['t'], timeout: undefined })).toBe('the card was declined')
  })
})

const asynchronous = z.object({ n: z.number() }).refine(async () => true)
const byHand: StandardSchema = {
  '~standard': { version: 1, vendor: 'test', validate: async (value) => ({ value }) },
}

describe('a mistake of whoever wrote a tool', () => {
  const hasCodeAt = (path: string) => path === 't' || path === 't.step'
  const run = () => ({ n: 1 })
  const hi = fn({ name: 'hi', run: () => 'Hi' })
  const wrong = { output: z.string() as never, run }

  test.each<[string, AnyFn]>([
    ['an asynchronous schema of its input', fn({ name: 't', input: asynchronous as never, run }) as never],
    ['an asynchronous schema of its output', fn({ name: 't', output: asynchronous as never, run }) as never],
    ['an asynchronous schema by hand', fn({ name: 't', input: byHand as never, run }) as never],
    ['an output that its own schema refuses', fn({ name: 't', ...wrong }) as never],
    ['the same in a step', chain({ name: 't', children: [fn({ name: 'step', ...wrong })] } as never) as never],
    [
      'an asynchronous schema of the answer of a model',
      chain({
        name: 't',
        children: [hi, llmCall({ name: 'chat', model: async () => '{"n":1}', output: asynchronous as never })],
      } as never) as never,
    ],
  ])('is known, after a restore too: %s', async (_, tool) => {
    expect(isMistake(await failed(tool, { n: 1 }), hasCodeAt)).toBe(true)
  })

  test.each<[string, AnyFn, string?]>([
    ['an input that does not fit', fn({ name: 't', input: z.string() as never, run }) as never],
    ['a schema that throws', fn({ name: 't', input: z.any().refine(() => { throw new Error('asynchronous') }) as never, run }) as never],
    ['what it throws', fn({ name: 't', run: () => Promise.reject(new TypeError('the schema is asynchronous')) }) as never],
    ['the answer of a model', chain({ name: 't', children: [hi, llmCall({ name: 'chat', model: async () => 'x', output: z.number() as never })] } as never) as never, 'output_validation'],
  ])('is not: %s', async (_, tool, code) => {
    const error = await failed(tool, { n: 1 })
    if (code) expect(error.code).toBe(code)
    expect(isMistake(error, hasCodeAt)).toBe(false)
  }) // prettier-ignore

  test('is none where nothing is known at its path', () => {
    expect(isMistake(errorOf('output_validation'), () => false)).toBe(false)
  })

  test('is no advice to a model', () => {
    expect(argumentsProblem((value) => safeValidate(asynchronous, value), { n: 1 })).toBe(
      'the arguments of this tool cannot be checked',
    )
  })
})

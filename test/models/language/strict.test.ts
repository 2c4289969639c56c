import { llmCall } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { mockServer } from '../../adapters/openai/server.ts'
import { compatibleProviders } from '../../tools/sdk-versions.ts'

// A model of v2 does not ask strictly.
const versions = compatibleProviders.filter(([version]) => version !== 'v2')

describe.each(versions)('an answer by a schema, of a %s model that asks strictly by itself', (_, make) => {
  const formatOf = async (output: z.ZodType, settings: object = {}) => {
    const { mock, access } = await mockServer()
    mock.onMessage('Hi', { content: '{"a":"x"}' })
    const model = make({ name: 'test', ...access, supportsStructuredOutputs: true })('m')
    await llmCall({ name: 'chat', model, output, ...settings }).safeRun('Hi')
    return mock.getLastRequest()!.body as unknown
  }
  const strictly = (strict: boolean) => ({ response_format: { json_schema: { strict } } })

  test('is asked for strictly where all of it can be', async () => {
    expect(await formatOf(z.object({ a: z.string().min(1) }))).toMatchObject(strictly(true))
  })

  test('is not where a field may be missing, or where its user says so', async () => {
    expect(await formatOf(z.object({ a: z.string(), b: z.string().optional() }))).toMatchObject(strictly(false))
    const providerOptions = { openaiCompatible: { strictJsonSchema: true, user: 'me' } }
    const body = await formatOf(z.object({ a: z.string(), b: z.string().optional() }), { providerOptions })
    expect(body).toMatchObject({ ...strictly(true), user: 'me' })
  })
})

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { agent, type AnyFn, type ChatMessage, llmCall, type StandardSchema } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, test } from 'vitest'
import { jsonSchemaOf } from '../../../src/models/schema/json-schema.ts'
import { sayingServer } from '../../adapters/openai/server.ts'
import { type SpokenText, texts, wrapped } from './texts.ts'

const model = 'gpt-4o-mini'

type Access = Awaited<ReturnType<typeof sayingServer>>['access']

/** Each way in which a model's text comes to a schema: what is asked is what the model says. */
const ways: Readonly<Record<string, (output: StandardSchema, access: Access) => AnyFn>> = {
  openAIChat: (output, access) => openAIChat({ name: 'it', model, output, ...access }),
  'openAIChat, streamed': (output, access) => openAIChat({ name: 'it', model, stream: true, output, ...access }),
  'llmCall with a model of the AI SDK': (output, access) =>
    llmCall({ name: 'it', output, model: createOpenAICompatible({ name: 'test', ...access })(model) }),
  'llmCall with a model function': (output) => llmCall({ name: 'it', output, model: (messages) => said(messages) }),
  'an agent': (output) =>
    agent({ name: 'it', tools: [], output, outputRetries: 0, model: ({ messages }) => said(messages) }),
}

const said = (messages: readonly ChatMessage[]): any => messages.at(-1)?.content

describe.each(Object.entries(ways))('%s', (way, make) => {
  const isOwn = way.endsWith('model function') || way === 'an agent'

  const all: (readonly [what: string, rows: readonly SpokenText[]])[] = Object.entries(texts)
  // The others are not asked for a wrapper.
  if (way.includes('AI SDK'))
    for (const [what, rows] of Object.entries(wrapped)) all.push([`in a wrapper, ${what}`, rows])

  test.each(all)('reads %s', async (_, rows) => {
    const { access } = await sayingServer()
    for (const { schema, text, value, refused } of rows) {
      // Who must be told a JSON Schema says at the definition that there is none.
      if (!jsonSchemaOf(schema) && !isOwn) {
        expect(() => make(schema, access)).toThrow('has no JSON Schema')
        continue
      }
      const result = await make(schema, access).safeRun(text as never)
      const about = JSON.stringify(text)
      if (refused === undefined) {
        expect(result.error?.message, about).toBeUndefined()
        expect(result.output, about).toEqual(value)
      } else {
        expect(result.error?.code, `${about} gave ${JSON.stringify(result.output)}`).toBe('output_validation')
        expect(result.error?.message, about).toContain(refused)
      }
    }
  })
})

import * as tinyllm from 'tinyllm'
import { describe, expect, test } from 'vitest'

// Every name is a promise to keep: adding one, or taking one away, is done here too.
const names = {
  tinyllm: [
    'ModelError',
    'PipelineError',
    'actor',
    'agent',
    'asTool',
    'branch',
    'chain',
    'configure',
    'createLogger',
    'decision',
    'fallback',
    'flow',
    'fn',
    'key',
    'limit',
    'llmCall',
    'loop',
    'map',
    'parallel',
    'pass',
    'provided',
    'receive',
    'validator',
    'waits',
  ],
  'tinyllm/ai-sdk': ['aiSdkModel'],
  'tinyllm/analysis': ['check', 'describe', 'diff', 'mermaid', 'svg'],
  'tinyllm/mcp': ['mcpTools'],
  'tinyllm/openai': [
    'OpenAIChatError',
    'openAIAssistantMessage',
    'openAIChat',
    'openAIEmbedding',
    'openAIPrices',
    'openAIPromptTemplate',
    'openAISystemMessage',
    'openAIUserMessage',
  ],
  'tinyllm/testing': ['check', 'coverPaths', 'cut', 'delay', 'diff', 'fail', 'hang', 'paths', 'scriptedModel'],
  'tinyllm/zod': ['chatMessage'],
}

describe('the public names', () => {
  test('tinyllm', () => {
    expect(Object.keys(tinyllm).toSorted()).toEqual(names.tinyllm)
  })

  test('tinyllm/ai-sdk', async () => {
    expect(Object.keys(await import('tinyllm/ai-sdk')).toSorted()).toEqual(names['tinyllm/ai-sdk'])
  })

  test('tinyllm/analysis', async () => {
    expect(Object.keys(await import('tinyllm/analysis')).toSorted()).toEqual(names['tinyllm/analysis'])
  })

  test('tinyllm/mcp', async () => {
    expect(Object.keys(await import('tinyllm/mcp')).toSorted()).toEqual(names['tinyllm/mcp'])
  })

  test('tinyllm/openai', async () => {
    expect(Object.keys(await import('tinyllm/openai')).toSorted()).toEqual(names['tinyllm/openai'])
  })

  test('tinyllm/testing', async () => {
    expect(Object.keys(await import('tinyllm/testing')).toSorted()).toEqual(names['tinyllm/testing'])
  })
  test('tinyllm/zod', async () => {
    expect(Object.keys(await import('tinyllm/zod')).toSorted()).toEqual(names['tinyllm/zod'])
  })
})

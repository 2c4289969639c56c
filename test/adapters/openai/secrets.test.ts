import { inspect } from 'node:util'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import OpenAI from 'openai'
import { llmCall } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { expect, test } from 'vitest'
import { rawServer } from './server.ts'

const key = 'zqplainsecretxyz'
/** A server that says each key that it was given, in its words, its headers and its body. */
async function echo(status: number) {
  const { access } = await rawServer((response, _request) => {
    const body = { error: { message: `who is ${key}?`, echo: { deep: [{ key, base64: btoa(`u:${key}`) }] } } }
    response.writeHead(status, { 'content-type': 'application/json', 'x-echo': key })
    response.end(JSON.stringify(body))
  })
  return access.baseURL
}
const client = (baseURL: string, options: object) =>
  openAIChat({ name: 'chat', model: 'm', client: new OpenAI({ apiKey: 'none', baseURL, ...options }) })
const compatible = (baseURL: string, options: object) =>
  llmCall({ name: 'chat', model: createOpenAICompatible({ name: 'x', baseURL, ...options })('m') })

test.each<[string, (url: string) => { safeRun(input: string): PromiseLike<object> }]>([
  ['default headers', (url) => client(url, { defaultHeaders: { 'cf-aig-authorization': `Bearer ${key}` } })],
  ['default headers as pairs', (url) => client(url, { defaultHeaders: [['x-my-key', key]] })],
  ['a default query', (url) => client(url, { defaultQuery: { code: key } })],
  ['the address', (url) => client(`${url}?code=${key}`, {})],
  ['parameters of the query', (url) => compatible(url, { queryParams: { subscription: key } })],
  ['headers', (url) => compatible(url, { headers: { 'x-gateway-token': key } })],
  ['a key', (url) => compatible(url, { apiKey: key })],
  [
    'headers of a call',
    (url) =>
      llmCall({
        name: 'chat',
        model: createOpenAICompatible({ name: 'x', baseURL: url })('m'),
        headers: { 'x-my-secret': key },
      }),
  ],
])('a key that was given as %s is in no part of a failure', async (_, make) => {
  for (const status of [401, 500, 200]) {
    const { error } = (await make(await echo(status)).safeRun('Hi')) as { error: Error }
    const all = `${error.message}${JSON.stringify(error)}${inspect(error, { depth: 20, showHidden: true })}`
    expect(all).not.toContain(key)
    expect(all).not.toContain(btoa(`u:${key}`).slice(4, -4))
  }
})

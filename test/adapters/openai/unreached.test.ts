import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { llmCall } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { completionServer, rawServer } from './server.ts'

/** Of nobody but this test: signed by itself, so that no client takes it. */
const pem = {
  key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIEFTzmtjal39POcamIAyfcrrnBIOBVOEB2k4syJSh1oLoAoGCCqGSM49
AwEHoUQDQgAE1wxBeOmLlAeyxGcqTcz5+eJC+wKfyJe6mN4WgoNRLF3o/Yd2pHPd
hNO5br395OXVfZEaBOB+YOO0jmFHT0xbFA==
-----END EC PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUQMXs9vePrKpM6BCvy6AEihAWruswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzIyMTQzNFoYDzIxMjYxMTAz
MjIxNDM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATXDEF46YuUB7LEZypNzPn54kL7Ap/Il7qY3haCg1EsXej9h3akc92E
07luvf3k5dV9kRoE4H5g47SOYUdPTFsUo1MwUTAdBgNVHQ4EFgQUOqGNwZgIOoyL
kQ8Ma6caEC3GOE4wHwYDVR0jBBgwFoAUOqGNwZgIOoyLkQ8Ma6caEC3GOE4wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiA1k2qQ7X6+zW7Cxh9rJabV
KalBVs3/a9csFEqU2bzndwIhAPRMPMypTPmE7T4JDSS2fBMvsmhyOUoUT5o2d42t
5OA0
-----END CERTIFICATE-----`,
}
const retry = { attempts: 2, backoff: { initial: 1 } }
const both = (baseURL: string) => ({
  openAIChat: openAIChat({ name: 'c', model: 'm', apiKey: 'none', baseURL, retry }),
  llmCall: llmCall({ name: 'c', model: createOpenAICompatible({ name: 'x', baseURL })('m'), retry }),
})

test.each(['openAIChat', 'llmCall'] as const)(
  '%s: a server that is not trusted is said to be so, once',
  async (kind) => {
    let connections = 0
    const server = createServer(pem)
    server.on('connection', () => (connections += 1))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { error } = await both(`https://127.0.0.1:${port}/v1`)[kind].safeRun('Hi')
    expect(error?.message).toMatch(/no connection from \S+ for m: the TLS connection .*certificate/)
    expect(error?.attempts).toBe(1)
    expect(connections).toBe(1)
  },
)

test.each(['openAIChat', 'llmCall'] as const)('%s: a server that speaks no TLS is no safe one', async (kind) => {
  const { access } = await completionServer([])
  const { error } = await both(access.baseURL.replace('http:', 'https:'))[kind].safeRun('Hi')
  expect(error?.message).toMatch(/no connection from \S+ for m: the TLS connection/)
  expect(error?.attempts).toBe(1)
})

describe.each(['openAIChat', 'llmCall'] as const)('%s: a status that is none of a model', (kind) => {
  test.each([
    [304, 1, 'the model or the URL does not exist'],
    [302, 1, 'the model or the URL does not exist'],
    [418, 1, 'the request was rejected'],
    [599, 2, 'the server failed'],
  ])('%i', async (status, attempts, words) => {
    const { access } = await rawServer((response) => response.writeHead(status).end())
    const { error } = await both(access.baseURL)[kind].safeRun('Hi')
    expect(error).toMatchObject({ attempts, message: expect.stringContaining(`${status} from`) })
    expect(error?.message).toContain(words)
  })
})

test('no more tries are advised where they were in vain, or cannot be waited for', async () => {
  const busy = async (headers: object, attempts: number) => {
    const { access } = await rawServer((response) => response.writeHead(429, { ...headers }).end('{}'))
    const chat = openAIChat({ name: 'c', model: 'm', retry: { attempts, backoff: { initial: 1 } }, ...access })
    return (await chat.safeRun('Hi')).error?.message
  }
  const more = 'set retry: { attempts: 3 }'
  expect(await busy({}, 1)).toContain(more)
  expect(await busy({}, 2)).toMatch(/too many requests\. Run it again/)
  expect(await busy({}, 2)).not.toContain(more)
  expect(await busy({ 'retry-after': '90000' }, 2)).not.toContain(more)
})

test('calls that a server has written as JSON already are calls', async () => {
  const calls = [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }]
  const { access } = await completionServer([
    { index: 0, message: { content: null, tool_calls: JSON.stringify(calls) }, finish_reason: 'tool_calls' },
  ])
  const tools = { look: { description: 'Looks.', input: z.object({ at: z.number() }) } }
  expect(await openAIChat({ name: 'c', model: 'm', tools, ...access }).run('Hi')).toMatchObject({
    tool_calls: [{ id: 'a', name: 'look', arguments: { at: 1 } }],
  })
})

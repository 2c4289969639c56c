import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { agent, type RunEvent } from 'tinyllm'
import { mcpTools } from 'tinyllm/mcp'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { answers, scriptedModel } from '../nodes/agent/server.ts'

/** A server with these tools, and a client of the official SDK that is connected to it. */
async function connected() {
  const server = new McpServer({ name: 'test', version: '1.0.0' })
  const aborted = vi.fn()
  const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })
  server.registerTool(
    'files.read',
    { description: 'Reads a file.', inputSchema: { path: z.string() } },
    async ({ path }) => text(`the text of ${path}`),
  )
  server.registerTool(
    'count',
    { description: 'Counts.', inputSchema: { upTo: z.number() }, outputSchema: { counted: z.number() } },
    async ({ upTo }, { sendNotification, _meta }) => {
      const progressToken = _meta?.progressToken as number
      await sendNotification({ method: 'notifications/progress', params: { progressToken, progress: 1, total: upTo } })
      return { ...text('done'), structuredContent: { counted: upTo } }
    },
  )
  server.registerTool('fail', { inputSchema: {} }, async () => ({ ...text('no such file'), isError: true }))
  server.registerTool('burn', {}, async () => ({
    content: [...text('it burns:').content, { type: 'image' as const, data: 'AAAA', mimeType: 'image/png' }],
    isError: true,
  }))
  server.registerTool('picture', {}, async () => ({
    content: [{ type: 'image' as const, data: 'AAAA', mimeType: 'image/png' }],
  }))
  server.registerTool(
    'hang',
    {},
    async ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve((aborted(), text(''))))),
  )
  const client = new Client({ name: 'test', version: '1.0.0' })
  const [here, there] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(there), client.connect(here)])
  onTestFinished(() => client.close())
  return { client, aborted }
}

const named = async (name: string, policy: object = {}) => {
  const { client, aborted } = await connected()
  const tool = (await mcpTools(client, policy)).find((tool) => tool.name === name)!
  return { tool, aborted }
}

describe('mcpTools', () => {
  test('makes a function of each tool, under a name that paths can hold', async () => {
    const { client } = await connected()
    const tools = await mcpTools(client)
    expect(tools.map(({ name }) => name)).toEqual(['files_read', 'count', 'fail', 'burn', 'picture', 'hang'])
    expect(await tools[0]?.run({ path: 'a.txt' })).toBe('the text of a.txt')
    expect((await mcpTools(client, { only: ['count'] })).map(({ name }) => name)).toEqual(['count'])
    await expect(mcpTools(client, { only: ['counts'] })).rejects.toThrow(/no tool counts. It has: files\.read, count/)
  })

  test('gives the structured result, and tells of progress', async () => {
    const { tool } = await named('count')
    const events: RunEvent[] = []
    for await (const event of tool.stream({ upTo: 3 })) events.push(event)
    expect(events.at(-1)).toEqual({ type: 'output', output: { counted: 3 } })
    expect(events).toContainEqual({ type: 'progress', path: 'count', progress: 1, total: 3 })
  })

  test('gives the contents where they are not all text', async () => {
    const { tool } = await named('picture')
    expect(await tool.run({})).toEqual([{ type: 'image', data: 'AAAA', mimeType: 'image/png' }])
  })

  test('an error of the server, or arguments that it refuses, are the failure of the function', async () => {
    const failing = await named('fail')
    expect(await failing.tool.safeRun({})).toMatchObject({ error: { code: 'run', cause: { message: 'no such file' } } })
    const burning = await named('burn')
    const message = 'it burns:\n[image]'
    expect(await burning.tool.safeRun({})).toMatchObject({ error: { code: 'run', cause: { message } } })
    const counting = await named('count')
    expect(await counting.tool.safeRun({ upTo: 'x' })).toMatchObject({ error: { code: 'run' } })
    expect(await counting.tool.safeRun([] as never)).toMatchObject({ error: { code: 'input_validation' } })
  })

  test('leaving the state aborts the call on the server', async () => {
    const { tool, aborted } = await named('hang', { timeout: 20 })
    expect(await tool.safeRun({})).toMatchObject({ error: { code: 'timeout' } })
    await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce())
  })

  test('are tools of an agent', async () => {
    const { client } = await connected()
    const { model, requests } = await scriptedModel((turn) =>
      turn === 0
        ? [
            ['files_read', { path: 'a.txt' }],
            ['fail', {}],
          ]
        : 'Done.',
    )
    expect(await agent({ name: 'it', model, tools: await mcpTools(client) }).run('Go')).toBe('Done.')
    expect(answers(requests()[1]!)).toEqual(['the text of a.txt', 'Error: no such file'])
    expect(requests()[0]?.tools?.[0]).toMatchObject({
      function: { name: 'files_read', description: 'Reads a file.', parameters: { properties: { path: {} } } },
    })
  })
})

test('a server that repeats itself, or gives no list, is an error and not an endless loop', async () => {
  const callTool = async () => ({})
  const given = (page: unknown) => mcpTools({ listTools: async () => page as never, callTool })
  await expect(given({ tools: [], nextCursor: 'same' })).rejects.toThrow(
    /returned the same page twice \(cursor "same"\)/,
  )
  for (const page of [null, {}, { tools: {} }, { tools: [null] }, { tools: [{ inputSchema: {} }] }]) {
    await expect(given(page)).rejects.toThrow(/did not return a list of tools/)
  }
})

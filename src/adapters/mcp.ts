import { define } from '../define.ts'
import { write } from '../models/writing.ts'
import { outlasting } from '../models/calling.ts'
import { partsOf, wordsOf } from '../nodes/agent/parts.ts'
import { leaf } from '../nodes/function.ts'
import { checkOptions, POLICY_OPTIONS } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import type { CancelEvent, Fn, Policy, RunContext, StandardSchema, ToolMark } from '../types.ts'

type Json = Readonly<Record<string, unknown>>
/** A tool as a server of the Model Context Protocol lists it. */
export interface McpTool {
  readonly name: string
  readonly description?: string | undefined
  readonly inputSchema: object
}
/** The client of `@modelcontextprotocol/sdk`, by shape, so that it is not a dependency. */
export interface McpClient {
  listTools(params?: { cursor?: string }): Promise<{ tools: readonly McpTool[]; nextCursor?: string | undefined }>
  callTool(
    params: { name: string; arguments?: Record<string, unknown>; _meta?: Record<string, unknown> },
    resultSchema?: undefined,
    options?: { signal?: AbortSignal; timeout?: number; onprogress?: (progress: object) => void },
  ): Promise<object>
}

export interface McpOptions extends Policy {
  /** The names of the tools to take; all of the server by default. */
  only?: readonly string[]
}

/**
 * The tools of a server of the Model Context Protocol as functions, for an agent or any other place in a pipeline: a
 * connected client in, a function for each tool out, under the tool's name (what a name may not hold becomes `_`). Its
 * output is the structured result, or the text, or the list of contents, whose pictures a model is shown. What the server calls an error fails it with
 * `run`. The policy is for each of them; a call is aborted with its state, and its progress leaves as `progress` events.
 *
 * @example
 * const client = new Client({ name: 'app', version: '1.0.0' })
 * await client.connect(new StdioClientTransport({ command: 'some-server' }))
 * const assistant = agent({ name: 'assistant', model, tools: await mcpTools(client), maxTurns: 8 })
 */
export async function mcpTools(
  client: McpClient,
  options: McpOptions = {},
): Promise<(Fn<Json, unknown, string, CancelEvent> & ToolMark<Json>)[]> {
  checkOptions('mcpTools', options, ['only', ...POLICY_OPTIONS])
  const { only, ...policy } = options
  const { listTools, callTool } = Object(client) as Partial<McpClient>
  if (typeof listTools !== 'function' || typeof callTool !== 'function')
    throw new TypeError('mcpTools: the argument is not a client. Give a connected Client of @modelcontextprotocol/sdk.')
  if (only !== undefined && !Array.isArray(only))
    throw new TypeError(`mcpTools: only is ${formatValue(only)}. Give an array of tool names.`)
  const tools = await listed(client)
  const missing = only?.find((name) => !tools.some((tool) => tool.name === name))
  if (missing !== undefined) {
    const known = tools.map(({ name }) => name).join(', ')
    throw new TypeError(`mcpTools: the server has no tool ${missing}. It has: ${known}.`)
  }
  return tools.filter(({ name }) => only?.includes(name) ?? true).map((tool) => toolOf(client, tool, policy))
}

const MOST_PAGES = 1000

async function listed(client: McpClient): Promise<McpTool[]> {
  const tools: McpTool[] = []
  const cursors = new Set<string>()
  let cursor: string | undefined
  do {
    const page: unknown = await client.listTools(cursor === undefined ? undefined : { cursor })
    const { tools: more, nextCursor } = Object(page) as { tools?: unknown; nextCursor?: string }
    if (!Array.isArray(more) || !more.every(isTool))
      throw new TypeError('mcpTools: the server did not return a list of tools, each with a name and an inputSchema.')
    tools.push(...(more as McpTool[]))
    cursor = nextCursor ?? undefined
    if (cursor !== undefined && cursors.has(cursor))
      throw new TypeError(`mcpTools: the server returned the same page twice (cursor ${JSON.stringify(cursor)}).`)
    if (cursors.size >= MOST_PAGES)
      throw new TypeError(`mcpTools: the server returned more than ${MOST_PAGES} pages of tools.`)
    if (cursor !== undefined) cursors.add(cursor)
  } while (cursor !== undefined)
  return tools
}

function isTool(tool: unknown): boolean {
  const { name, inputSchema } = Object(tool) as Partial<McpTool>
  return typeof name === 'string' && typeof inputSchema === 'object' && inputSchema !== null
}

function toolOf(client: McpClient, { name, description, inputSchema }: McpTool, policy: Policy) {
  const run = async (given: Json, { signal, emit, idempotencyKey }: RunContext) => {
    const params = { name, arguments: given, _meta: { 'tinyllm/idempotencyKey': idempotencyKey } }
    // The SDK's default of a minute must not end a longer one.
    const timeout = outlasting(policy.timeout)
    const onprogress = (progress: object) => emit({ ...progress, type: 'progress' })
    return outputOf(await client.callTool(params, undefined, { signal, onprogress, ...timeout }))
  }
  return define(
    leaf('mcpTool', {
      description: description || `The tool ${name}.`,
      ...policy,
      name: name.replaceAll(/[^\w-]/g, '_').slice(0, 64),
      input: objectSchema(inputSchema),
      run,
    }),
  ) as never
}

type Content = { type?: string; text?: string }

function outputOf(result: unknown): unknown {
  const { content, structuredContent, isError } = Object(result) as {
    content?: readonly Content[]
    structuredContent?: unknown
    isError?: boolean
  }
  const parts = Array.isArray(content) ? (content as readonly Content[]).map((part) => Object(part) as Content) : []
  const plain = parts.every(({ type }) => type === 'text')
  const text = plain ? parts.map((part) => part.text).join('\n') : undefined
  if (isError) throw new Error((text ?? wordsIn(parts)) || 'the server reported an error without a message')
  return structuredContent ?? text ?? parts
}

/** The bytes of a picture are no message. */
function wordsIn(contents: readonly Content[]): string {
  const parts = partsOf(contents, false)
  return parts ? wordsOf(parts) : write(contents)
}

/** The server checks the arguments by its schema; here they need only be an object. */
function objectSchema(jsonSchema: object): StandardSchema {
  const standard = {
    version: 1 as const,
    vendor: 'tinyllm',
    validate: (value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { value }
        : { issues: [{ message: 'expected an object of arguments' }] },
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  }
  return { '~standard': standard }
}

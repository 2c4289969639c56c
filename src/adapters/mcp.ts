import { define } from '../define.ts'
import { stringify } from '../models/stringify.ts'
import { sdkTimeout } from '../models/request-timeout.ts'
import { resultPartsOf, textOfParts } from '../nodes/agent/result-parts.ts'
import { leaf } from '../nodes/function.ts'
import { checkOptions, POLICY_OPTIONS } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import type { CancelEvent, Fn, Policy, RunContext, StandardSchema, ToolMark } from '../types.ts'

type JsonObject = Readonly<Record<string, unknown>>
/** A tool in the list of an MCP server (Model Context Protocol). */
export interface McpTool {
  readonly name: string
  readonly description?: string | undefined
  readonly inputSchema: object
}
/** The `Client` of `@modelcontextprotocol/sdk`, by its shape, so that it is not a dependency. */
export interface McpClient {
  listTools(params?: { cursor?: string }): Promise<{ tools: readonly McpTool[]; nextCursor?: string | undefined }>
  callTool(
    params: { name: string; arguments?: Record<string, unknown>; _meta?: Record<string, unknown> },
    resultSchema?: undefined,
    options?: { signal?: AbortSignal; timeout?: number; onprogress?: (progress: object) => void },
  ): Promise<object>
}

export interface McpOptions extends Policy {
  /** The names of the tools to use; all tools of the server by default. */
  only?: readonly string[]
}

/**
 * The tools of an MCP server as functions, for an agent or any other part of a pipeline. Takes a connected client, and
 * resolves to one function for each tool, with the tool's name (characters that are not allowed become `_`). A function
 * returns the structured result, or the text, or the array of contents (a model sees their images), and fails with
 * `run` if the server reports an error. The policy applies to each function. A call is aborted with its state; progress
 * notifications are emitted as `progress` events.
 *
 * @example
 * const client = new Client({ name: 'app', version: '1.0.0' })
 * await client.connect(new StdioClientTransport({ command: 'some-server' }))
 * const assistant = agent({ name: 'assistant', model, tools: await mcpTools(client), maxTurns: 8 })
 */
export async function mcpTools(
  client: McpClient,
  options: McpOptions = {},
): Promise<(Fn<JsonObject, unknown, string, CancelEvent> & ToolMark<JsonObject>)[]> {
  checkOptions('mcpTools', options, ['only', ...POLICY_OPTIONS])
  const { only, ...policy } = options
  const { listTools, callTool } = Object(client) as Partial<McpClient>
  if (typeof listTools !== 'function' || typeof callTool !== 'function')
    throw new TypeError(
      `mcpTools: the argument is ${formatValue(client)}, not a client. Give a connected Client of @modelcontextprotocol/sdk.`,
    )
  if (only !== undefined && !Array.isArray(only))
    throw new TypeError(`mcpTools: only is ${formatValue(only)}. Give an array of tool names.`)
  const tools = await listAllTools(client)
  const missing = only?.find((name) => !tools.some((tool) => tool.name === name))
  if (missing !== undefined) {
    const known = tools.map(({ name }) => name).join(', ')
    throw new TypeError(`mcpTools: the server has no tool ${missing}. It has: ${known}.`)
  }
  return tools.filter(({ name }) => only?.includes(name) ?? true).map((tool) => toMcpTool(client, tool, policy))
}

const MAX_PAGES = 1000

async function listAllTools(client: McpClient): Promise<McpTool[]> {
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
    if (cursors.size >= MAX_PAGES)
      throw new TypeError(`mcpTools: the server returned more than ${MAX_PAGES} pages of tools.`)
    if (cursor !== undefined) cursors.add(cursor)
  } while (cursor !== undefined)
  return tools
}

function isTool(tool: unknown): boolean {
  const { name, inputSchema } = Object(tool) as Partial<McpTool>
  return typeof name === 'string' && typeof inputSchema === 'object' && inputSchema !== null
}

function toMcpTool(client: McpClient, { name, description, inputSchema }: McpTool, policy: Policy) {
  const run = async (given: JsonObject, { signal, emit, idempotencyKey }: RunContext) => {
    const params = { name, arguments: given, _meta: { 'tinyllm/idempotencyKey': idempotencyKey } }
    // The SDK's default timeout of one minute must not end a longer call.
    const timeout = sdkTimeout(policy.timeout)
    const onprogress = (progress: object) => emit({ ...progress, type: 'progress' })
    return toolOutput(await client.callTool(params, undefined, { signal, onprogress, ...timeout }))
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

type McpContent = { type?: string; text?: string }

function toolOutput(result: unknown): unknown {
  const { content, structuredContent, isError } = Object(result) as {
    content?: readonly McpContent[]
    structuredContent?: unknown
    isError?: boolean
  }
  const parts = Array.isArray(content)
    ? (content as readonly McpContent[]).map((part) => Object(part) as McpContent)
    : []
  const plain = parts.every(({ type }) => type === 'text')
  const text = plain ? parts.map((part) => part.text).join('\n') : undefined
  if (isError) throw new Error((text ?? mcpErrorText(parts)) || 'the server reported an error without a message')
  return structuredContent ?? text ?? parts
}

/** The text of an error's contents, without the bytes of images. */
function mcpErrorText(contents: readonly McpContent[]): string {
  const parts = resultPartsOf(contents, false)
  return parts ? textOfParts(parts) : stringify(contents)
}

/** The server validates the arguments by its own schema; here they only have to be an object. */
function objectSchema(jsonSchema: object): StandardSchema {
  const standard = {
    version: 1 as const,
    vendor: 'tinyllm',
    validate: (value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { value }
        : { issues: [{ message: `expected an object of arguments, not ${formatValue(value)}` }] },
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  }
  return { '~standard': standard }
}

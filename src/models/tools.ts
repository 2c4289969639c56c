import { isAiSdkTool, isProviderTool } from './language/language-model.ts'
import { parseJson } from './parsing/parse-json.ts'
import type { AssistantMessage, Issue, SchemaOutput, StandardSchema, ToolCall, ToolSpec } from '../types.ts'
import { checkOptions, checkSpelling } from '../border/options.ts'
import { attempt } from '../border/shape.ts'
import type { Checked } from '../border/schema.ts'
import { strictCheck } from './parsing/coercion.ts'
import { combineResults } from './parsing/output-schema.ts'
import { toolParameters } from './schema/tool-parameters.ts'

/** A tool that a model may ask for: what it is for, and a schema of its arguments (an object). */
export type Tool = { readonly description: string; readonly input: StandardSchema }
/** Tools by name, or ready for the wire; arguments of the latter are parsed, and not checked. */
export type Tools = Readonly<Record<string, Tool>> | readonly ToolSpec[]

/** A call as the model wrote it, with its name and its parsed and checked arguments beside it. */
type ParsedToolCall<N, A> = ToolCall & { readonly name: N; readonly arguments: A }
export type ToolCallOf<T> = T extends readonly unknown[]
  ? ParsedToolCall<string, Readonly<Record<string, unknown>>>
  : { [K in keyof T & string]: T[K] extends { input: infer S } ? ParsedToolCall<K, SchemaOutput<S>> : never }[keyof T &
      string]
/** An answer that may ask for tools; it can stand in the messages of the next prompt as it is. */
export type ToolAnswer<T> = Omit<AssistantMessage, 'tool_calls'> & { tool_calls: ToolCallOf<T>[] }

/** The tools as a model is told of them, and how its calls are read. */
export type ToolDefinitions = {
  readonly specs: readonly ToolSpec[]
  /**
   * The schema of an answer that may ask for tools, or of a list of them: parses and checks the arguments. It is the
   * leaf's own `output`, so a call that does not fit is an `output_validation`, in its state, with its retry.
   */
  readonly answer: StandardSchema
}
type DefinedTool = { readonly spec: ToolSpec; parse(given: unknown): Checked }

/** Throws a `TypeError` that names the tool that a model cannot be told of. */
export function toolDefinitions(owner: string, tools: Tools): ToolDefinitions {
  const known = Array.isArray(tools)
    ? (tools as readonly ToolSpec[]).map(fromToolSpec)
    : Object.entries(tools as Readonly<Record<string, Tool>>).map(([name, tool]) => fromToolSchema(owner, name, tool))
  for (const { spec } of known) checkToolSpec(owner, spec)
  const specs = known.map(({ spec: { name, description, parameters } }) => ({ name, description, parameters }))
  return { specs, answer: toolAnswerSchema(new Map(known.map((tool) => [tool.spec.name, tool]))) }
}

function checkToolSpec(owner: string, spec: ToolSpec): void {
  checkSpelling(`${owner}: a tool`, spec, ['name', 'description', 'parameters'])
  const { name, parameters } = spec
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
    throw new TypeError(
      `${owner}: a tool cannot be named ${JSON.stringify(name)}. Use up to 64 letters, digits, _ and -.`,
    )
  }
  if (typeof parameters !== 'object' || parameters === null || parameters.type !== 'object') {
    throw new TypeError(
      `${owner}: the arguments of the tool ${name} are not an object. Give it parameters: { type: 'object', … }.`,
    )
  }
}

/** Its arguments are the user's own affair, so they are not checked. */
const fromToolSpec = (spec: ToolSpec): DefinedTool => ({ spec, parse: (value) => ({ value }) })

/** Said of a tool of the AI SDK where its provider is not asked. */
export const PROVIDER_TOOL_ADVICE =
  'is run by its provider. Give it to llmCall with a model of that provider: llmCall({ model, tools: { search: … } }).'

function fromToolSchema(owner: string, name: string, tool: Tool): DefinedTool {
  if (isProviderTool(tool)) throw new TypeError(`${owner}: the tool ${name} ${PROVIDER_TOOL_ADVICE}`)
  if (isAiSdkTool(tool)) {
    throw new TypeError(
      `${owner}: the tool ${name} is an AI SDK tool, which the AI SDK itself would run. Give { description: 'what it is for', input: z.object({ … }) }, or give a tinyllm function to an agent.`,
    )
  }
  const { description, input } = Object(tool) as Tool
  if (typeof description !== 'string' || typeof attempt(() => input['~standard'].validate) !== 'function') {
    throw new TypeError(
      `${owner}: the tool ${name} is not a tool. Give { description: 'what it is for', input: z.object({ … }) }.`,
    )
  }
  checkOptions(`${owner}: the tool ${name}`, tool, ['description', 'input'])
  const ways = ', or give the tools as an array of { name, description, parameters }'
  const { parameters, inputOf } = toolParameters(`${owner}: the tool ${name}`, input, ways)
  const check = strictCheck(input)
  return { spec: { name, description, parameters }, parse: (given) => check(inputOf(given)) }
}

function toolAnswerSchema(tools: ReadonlyMap<string, DefinedTool>): StandardSchema {
  const one = (value: unknown): Checked => {
    const message = Object(value) as AssistantMessage
    const calls = (message.tool_calls ?? []).map((call, index) => parseToolCall(tools, call, ['tool_calls', index]))
    const refused = calls.filter((call) => call.issues !== undefined)
    if (refused.length === 0) {
      return { value: { ...message, tool_calls: calls.map((call) => 'value' in call && call.value) } }
    }
    const cause = refused.find((call) => call.cause !== undefined)?.cause
    return { issues: refused.flatMap((call) => call.issues), ...(cause !== undefined && { cause }) }
  }
  return {
    '~standard': {
      version: 1,
      vendor: 'tinyllm',
      validate: (value) => (Array.isArray(value) ? combineResults(value.map(one)) : one(value)),
    },
  }
}

function parseToolCall(tools: ReadonlyMap<string, DefinedTool>, call: ToolCall, path: Issue['path']): Checked {
  const { name, arguments: text } = call.function
  const place = [...path, 'arguments']
  const tool = tools.get(name)
  if (!tool) {
    const names = [...tools.keys()].join(', ')
    return issueAt(
      `the model called the tool ${JSON.stringify(name)}, which does not exist. The tools are: ${names}`,
      path,
    )
  }
  let value: unknown
  try {
    // A tool without arguments is often called with none at all.
    value = text.trim() === '' ? {} : parseJson(text)
  } catch {
    return issueAt(`expected JSON, and the model wrote ${JSON.stringify(text.slice(0, 200))}`, place)
  }
  const result = tool.parse(value)
  if (!result.issues) return { value: { ...call, name, arguments: result.value } }
  return { ...result, issues: result.issues.map((issue) => ({ ...issue, path: [...place, ...issue.path] })) }
}

const issueAt = (message: string, path: Issue['path']): Checked => ({ issues: [{ message, path }] })

/** Whether options make a model call a tool in each answer: of the AI SDK, of OpenAI, or of one's own model. */
export const requiresToolCall = (choice: unknown): boolean => {
  if (choice === 'required') return true
  const { type } = Object(choice) as { type?: unknown }
  return typeof choice === 'object' && choice !== null && type !== 'auto' && type !== 'none'
}

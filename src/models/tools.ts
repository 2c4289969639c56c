import { isAiSdkTool, isProviderTool } from './language/language-model.ts'
import { parseToolArguments } from './parsing/tool-arguments.ts'
import type { AssistantMessage, Issue, JsonSchema, SchemaOutput, StandardSchema, ToolCall, ToolSpec } from '../types.ts'
import { checkOptions, checkSpelling } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { attempt } from '../border/shape.ts'
import type { Validation } from '../border/schema.ts'
import { strictCheck } from './parsing/coercion.ts'
import { combineResults } from './parsing/output-schema.ts'
import { quoteAnswer } from './parsing/parse-failure.ts'
import { type ToolParameters, toolParameters } from './schema/tool-parameters.ts'

/** A tool that a model may call: its description, and the schema of its arguments (an object). */
export type Tool = { readonly description: string; readonly input: StandardSchema }
/** Tools by name, or ready specifications; the arguments of the latter are parsed and not validated. */
export type Tools = Readonly<Record<string, Tool>> | readonly ToolSpec[]

/** A tool call as the model wrote it, with its name and its validated arguments. */
type ParsedToolCall<N, A> = ToolCall & { readonly name: N; readonly arguments: A }
export type ToolCallOf<T> = T extends readonly unknown[]
  ? ParsedToolCall<string, Readonly<Record<string, unknown>>>
  : { [K in keyof T & string]: T[K] extends { input: infer S } ? ParsedToolCall<K, SchemaOutput<S>> : never }[keyof T &
      string]
/** An answer that may contain tool calls; it can be used as a message of the next prompt. */
export type ToolAnswer<T> = Omit<AssistantMessage, 'tool_calls'> & { tool_calls: ToolCallOf<T>[] }

/** The tools of a request, and the schema that parses the calls of an answer. */
export type ToolDefinitions = {
  readonly specs: readonly ToolSpec[]
  /**
   * The schema of an answer (or of an array of answers) that may contain tool calls. It is the leaf's `output`, so
   * invalid arguments fail with `output_validation`, and are retried as such.
   */
  readonly answer: StandardSchema
}
type DefinedTool = Pick<ToolParameters, 'form' | 'inputOf'> & {
  readonly spec: ToolSpec
  check(input: unknown): Validation
}

/** Throws a `TypeError` that names the first tool that cannot be sent to a model. */
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
      `${owner}: ${formatValue(name)} is not a valid tool name. Use up to 64 letters, digits, _ and -.`,
    )
  }
  if (typeof parameters !== 'object' || parameters === null || parameters.type !== 'object') {
    throw new TypeError(
      `${owner}: the parameters of the tool ${name} are ${formatValue(parameters)}, not the JSON Schema of an object. Give parameters: { type: 'object', … }.`,
    )
  }
}

/** A ready specification has no Standard Schema, so its arguments are parsed and not validated. */
const fromToolSpec = (spec: ToolSpec): DefinedTool => ({
  spec,
  form: Object(spec).parameters as JsonSchema,
  inputOf: (given) => given,
  check: (value) => ({ value }),
})

/** For a tool that only its provider can run, given where that provider is not called. */
export const PROVIDER_TOOL_ADVICE =
  'is run by its provider. Give it to llmCall with a model of that provider: llmCall({ model, tools: { search: … } }).'

function fromToolSchema(owner: string, name: string, tool: Tool): DefinedTool {
  if (isProviderTool(tool)) throw new TypeError(`${owner}: the tool ${name} ${PROVIDER_TOOL_ADVICE}`)
  if (isAiSdkTool(tool)) {
    throw new TypeError(
      `${owner}: the tool ${name} is a tool of the AI SDK, which only the AI SDK can execute. Give { description: 'what it is for', input: z.object({ … }) }, or give a tinyllm function to an agent.`,
    )
  }
  const { description, input } = Object(tool) as Tool
  if (typeof description !== 'string' || typeof attempt(() => input['~standard'].validate) !== 'function') {
    throw new TypeError(
      `${owner}: the tool ${name} is not a tool: it is ${formatValue(tool)} without a description and an input schema. Give { description: 'what it is for', input: z.object({ … }) }.`,
    )
  }
  checkOptions(`${owner}: the tool ${name}`, tool, ['description', 'input'])
  const alternative = ', or give the tools as an array of { name, description, parameters }'
  const { parameters, form, inputOf } = toolParameters(`${owner}: the tool ${name}`, input, alternative)
  return { spec: { name, description, parameters }, form, inputOf, check: strictCheck(input) }
}

function toolAnswerSchema(tools: ReadonlyMap<string, DefinedTool>): StandardSchema {
  const one = (value: unknown): Validation => {
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

function parseToolCall(tools: ReadonlyMap<string, DefinedTool>, call: ToolCall, path: Issue['path']): Validation {
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
  const parsed = parseToolArguments(tool, text)
  if (!parsed) return issueAt(`expected JSON, and the model returned ${quoteAnswer(text)}`, place)
  const result = tool.check(parsed.input)
  if (!result.issues) return { value: { ...call, name, arguments: result.value } }
  return { ...result, issues: result.issues.map((issue) => ({ ...issue, path: [...place, ...issue.path] })) }
}

const issueAt = (message: string, path: Issue['path']): Validation => ({ issues: [{ message, path }] })

/** Whether a tool choice (of the AI SDK, of OpenAI, or of a model function) requires a tool call in each answer. */
export const requiresToolCall = (choice: unknown): boolean => {
  if (choice === 'required') return true
  const { type } = Object(choice) as { type?: unknown }
  return typeof choice === 'object' && choice !== null && type !== 'auto' && type !== 'none'
}

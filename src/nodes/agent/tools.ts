import { type HasNode, NODE, type Node } from '../../compile/scope.ts'
import { isProviderTool } from '../../models/language/language-model.ts'
import { promptSchema } from '../../models/prompt.ts'
import { PROVIDER_TOOL_ADVICE } from '../../models/tools.ts'
import { coercionTest, strictCheck } from '../../models/parsing/coercion.ts'
import { safeValidate, type Validation } from '../../border/schema.ts'
import { attempt } from '../../border/shape.ts'
import { parametersOf, toolParameters } from '../../models/schema/tool-parameters.ts'
import type { AnyFn, JsonSchema, Policy, StandardSchema, ToolSpec } from '../../types.ts'
import { asFn } from '../function.ts'
import { conversationSchema } from './conversation.ts'
import { argumentsProblem } from './failure-messages.ts'

/** A tinyllm function as a model may call it. */
export type AgentTool = {
  name: string
  fn: HasNode
  spec: ToolSpec
  /** The JSON Schema of its input; the arguments of `spec` are the same, or hold it in a field. */
  form: JsonSchema
  /** What the arguments that the model wrote mean to the function. */
  inputOf(given: unknown): unknown
  /** What its schema makes of such an input, or has against it. */
  check(input: unknown): Validation
  /** The same that it has against it, for the model to read. */
  misfit(input: unknown): string | undefined
  /** Its schema would only make something else of such an input, as `z.coerce.number()` makes 0 of nothing. */
  isCoerced(input: unknown): boolean
  /** Below its own path: the functions that its input comes to as it is, up to the one with the schema. */
  inputAt: readonly string[]
  /** Its own. */
  timeout: Policy['timeout']
  /** What it returns is an answer with its conversation, of which another model is told the answer alone. */
  isTranscribed: boolean
  /** What a person sees of such an input, where it is not what runs: what the schema of its dress makes of it. */
  seen?: ((input: unknown) => unknown) | undefined
  /** What a model sees of its output, where it was dressed so. */
  toModel?: ((output: never) => unknown) | undefined
}

/** The functions as tools, by name; says what a model would need to know of one, and cannot. */
export function toolsOf(owner: string, tools: readonly AnyFn[] = []): ReadonlyMap<string, AgentTool> {
  const found = new Map<string, AgentTool>()
  for (const tool of tools) {
    if (isProviderTool(tool))
      throw new TypeError(`${owner}: the tool ${String((tool as { id?: unknown }).id)} ${PROVIDER_TOOL_ADVICE}`)
    const { name } = asFn(tool, 'a tool', owner)[NODE]
    if (found.has(name)) throw new TypeError(`${owner} has two tools named ${name}. Rename one: tool.as('other').`)
    found.set(name, toolOf(owner, asFn(tool, name, owner)))
  }
  return found
}

function toolOf(owner: string, fn: HasNode): AgentTool {
  const { name, policy } = fn[NODE]
  const at = `${owner}: the tool ${name}`
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new TypeError(
      `${at} has a name that models do not accept. Use up to 64 letters, digits, _ and -: tool.as('other').`,
    )
  }
  if (!policy.description) {
    throw new TypeError(`${at} has no description. Give it one: the model chooses tools by it.`)
  }
  const { schema, at: inputAt } = inputSchemaOf(fn[NODE])
  if (!schema) throw new TypeError(`${at} has no input schema. Give it input: z.object({ … }).`)
  // What takes messages, takes a text, and that is what a model can give.
  const { parameters, form, inputOf } =
    schema === promptSchema || schema === conversationSchema
      ? parametersOf({ type: 'string' })
      : toolParameters(at, schema)
  const check = strictCheck(schema)
  const dress = fn[NODE].facts?.tool?.input
  return {
    name,
    fn,
    spec: { name, description: policy.description, parameters },
    form,
    inputOf,
    check,
    misfit: (input) => argumentsProblem(check, input),
    isCoerced: coercionTest(schema),
    inputAt,
    timeout: policy.timeout,
    isTranscribed: isTranscribed(fn[NODE]),
    seen: dress && ((input) => seenBy(dress, input)),
    toModel: fn[NODE].facts?.tool?.toModel,
  }
}

function seenBy(schema: StandardSchema, input: unknown): unknown {
  const read = attempt(() => safeValidate(schema, input))
  return read && !read.issues ? read.value : input
}

/** Whether it is an agent that returns its conversation, or returns the output of one. */
function isTranscribed({ facts, dataFlow, children = [] }: Node): boolean {
  const outputs = {
    last: children.slice(-1),
    chosen: children.filter(({ key }) => key !== facts?.decider),
    first: children,
  }
  const returned = outputs[dataFlow?.output as keyof typeof outputs] ?? []
  return facts?.transcript === true || returned.some(({ fn }) => isTranscribed(fn[NODE]))
}

function inputSchemaOf({ input, dataFlow, children: [first] = [] }: Node): {
  schema: StandardSchema | undefined
  at: readonly string[]
} {
  if (input || !first || dataFlow?.input !== 'first') return { schema: input, at: [''] }
  const { schema, at } = inputSchemaOf(first.fn[NODE])
  return { schema, at: ['', ...at.map((below) => `.${first.key}${below}`)] }
}

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

/** A tinyllm function as a tool of a model. */
export type AgentTool = {
  name: string
  fn: HasNode
  spec: ToolSpec
  /** The JSON Schema of its input; the arguments of `spec` are the same, or hold it in a field. */
  form: JsonSchema
  /** The input of the function for arguments of the model. */
  inputOf(given: unknown): unknown
  /** Validates such an input. */
  check(input: unknown): Validation
  /** The issues of such an input as a message for the model; undefined if it is valid. */
  misfit(input: unknown): string | undefined
  /** Whether its schema would coerce such an input, as `z.coerce.number()` turns null into 0. */
  isCoerced(input: unknown): boolean
  /** Relative paths of the functions that receive its input unchanged, up to the one with the schema. */
  inputAt: readonly string[]
  /** The timeout of the function itself. */
  timeout: Policy['timeout']
  /** Whether it returns `{ output, messages }` (`transcript`), of which the calling model reads the output alone. */
  isTranscribed: boolean
  /** The input as a person sees it, where a schema of `asTool` runs before the function's own. */
  seen?: ((input: unknown) => unknown) | undefined
  /** `toModel` of `asTool`. */
  toModel?: ((output: never) => unknown) | undefined
}

/** The functions as tools, by name; throws a `TypeError` for one without a valid name, description or schema. */
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
  // A function that takes messages takes a text, which is what a model can write.
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

/** Whether it is an agent with `transcript`, or returns the output of one. */
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

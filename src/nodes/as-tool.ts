import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { pipeSchemas } from '../border/schema/wrap.ts'
import { attempt } from '../border/shape.ts'
import { type HasNode, namesOf, NODE, type Node, type ToolDress } from '../compile/scope.ts'
import { define } from '../define.ts'
import type {
  AnyFn,
  AskingMark,
  Described,
  DescribedBy,
  EventsOf,
  Fn,
  InputOf,
  Json,
  MarkOf,
  NameOf,
  OutputOf,
  ParsedOf,
  SchemaInput,
  SchemaMissing,
  SchemaOutput,
  StandardSchema,
  ToolMark,
  UserPart,
} from '../types.ts'
import type { InferInto } from './slot.ts'

/** The content of a tool result for a model: a text, data as JSON, or parts (texts and images). */
// A promise has a `then`: the content must be returned synchronously.
export type ToolContent = Json | readonly UserPart[] | (object & { readonly then?: never })

type Parsed<F, SI> = [SI] extends [never] ? ParsedOf<F> : SchemaOutput<SI>
type Mark<F, D, SI> = [SI] extends [never]
  ? [D] extends [never]
    ? MarkOf<F>
    : DescribedBy<D, F>
  : [D] extends [never]
    ? '~tool' extends keyof F
      ? ToolMark<SchemaOutput<SI>>
      : unknown
    : Described<D, SI, SchemaOutput<SI>>
/** The mark `M`, with approval if the option `A` is set or `F` already has it. */
type MarkWithApproval<M, A, F> = [A] extends [undefined]
  ? MarkOf<F> extends AskingTool
    ? WithAskingMark<M>
    : M
  : WithAskingMark<M>
type AskingTool = { readonly '~tool'?: { asks: true } }
type WithAskingMark<M> = M extends SchemaMissing ? M : '~tool' extends keyof M ? AskingMark<ParsedOf<M>> : M

/**
 * Wraps a tinyllm function as a tool of an agent: with another name, description or schema of its arguments, another
 * content of its result for the model, or with approval by a person. Outside of an agent it runs as the function does.
 *
 * `input` is another schema of the arguments; its output is the input of the function, whose own schema runs after it.
 * `toModel` returns the content for the model: a text, data, or parts; the output itself is unchanged. `approve` selects
 * the calls that wait for a person: `true` for all, or a predicate of the parsed input. Throws a `TypeError` on an
 * unknown option, or a wrong value.
 *
 * @example
 * const search = asTool(retrieve, {
 *   name: 'search',
 *   description: 'Searches the handbook.',
 *   input: z.object({ query: z.string() }).transform(({ query }) => query),
 *   toModel: (pages) => pages.map(({ text }) => text).join('\n\n'),
 * })
 * agent({ name: 'assistant', model, tools: [search] })
 */
export function asTool<
  F extends AnyFn,
  const N extends string = NameOf<F>,
  D extends string = never,
  SI extends StandardSchema<unknown, InputOf<F>> = never,
  A = never,
  Unset = never,
>(
  fn: F,
  config: {
    /** The name of the tool, and its key in the agent. That of the function by default. */
    name?: N | undefined
    /** The description for the model. That of the function by default. */
    description?: D | undefined
    /** The schema of its arguments. That of the function by default. */
    input?: SI | undefined
    /** Returns the content of the result for the model. The output as text or JSON by default. */
    toModel?: ((output: OutputOf<F>) => ToolContent) | undefined
    /** Which calls wait for a person's `APPROVE` or `REJECT`. None by default. */
    approve?: ((true | Predicate<Parsed<F, SI>, N>) & InferInto<A, Unset>) | undefined
  },
): Fn<[SI] extends [never] ? InputOf<F> : SchemaInput<SI>, OutputOf<F>, N, EventsOf<F>> &
  MarkWithApproval<Mark<F, D, SI>, A, F> {
  if (!(NODE in Object(fn))) {
    throw new TypeError(
      `asTool takes a function of tinyllm, and was given ${formatValue(fn)}. Give the result of fn(), chain() or another factory.`,
    )
  }
  const node = (fn as unknown as HasNode)[NODE]
  const owner = `asTool of ${node.name}`
  checkOptions(owner, config, ['name', 'description', 'input', 'toModel', 'approve'])
  const { toModel, approve } = config as Dress
  if (toModel !== undefined && typeof toModel !== 'function')
    throw new TypeError(`${owner}: toModel is ${formatValue(toModel)}. Give (output) => the content for the model.`)
  if (approve !== undefined && approve !== true && typeof approve !== 'function')
    throw new TypeError(`${owner}: approve is ${formatValue(approve)}. Give true, or (input, call) => boolean.`)
  if (config.input !== undefined && !isSchema(config.input))
    throw new TypeError(
      `${owner}: input is not a schema but ${formatValue(config.input)}. Give a Standard Schema, such as z.object({ … }) of zod 4.`,
    )
  return define(applyDress(node, config as Dress)) as never
}

type Predicate<I, N> = (input: I, call: { readonly id: string; readonly name: N; readonly input: I }) => boolean
type Dress = ToolDress & { name?: string; description?: string }

const isSchema = (schema: unknown): boolean =>
  typeof attempt(() => (schema as StandardSchema)['~standard'].validate) === 'function'

function applyDress(node: Node, dress: Dress): Node {
  const { name = node.name, description = node.policy.description, input, toModel, approve } = dress
  const { swap } = node
  const tool: ToolDress = {
    ...node.facts?.tool,
    ...(input && { input }),
    ...(toModel && { toModel }),
    ...(approve && { approve }),
  }
  return {
    ...node,
    name,
    ...(name !== node.name && { names: [name, ...namesOf(node)] }),
    policy: { ...node.policy, ...(description !== undefined && { description }) },
    input: input && node.input ? pipeSchemas(input, node.input) : (input ?? node.input),
    facts: { ...node.facts, tool },
    ...(swap && { swap: (run) => applyDress(swap(run), dress) }),
  }
}

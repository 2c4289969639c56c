import { lifecycle } from '../compile/lifecycle.ts'
import { type HasNode, NODE, type Node, type NodeChild, type Work } from '../compile/scope.ts'
import { define } from '../define.ts'
import { functionNamesOf } from '../border/label.ts'
import { checkFactory } from '../border/options.ts'
import type { ContextualLiterals, ContextualMessages, ContextualReturnOf } from '../models/contextual-types.ts'
import type {
  CancelEvent,
  Described,
  Fn,
  InputOf,
  OutputOf,
  Policy,
  Returned,
  RunContext,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
} from '../types.ts'
import { formatValue } from '../border/format-value.ts'

type Maybe<T> = T | Promise<T>

/** `NoInfer` that does not show in messages: a composite's "any function" must not be read back into `T`. */
export type OpaqueNoInfer<T> = [T] extends [infer X] ? X : never

/** The options of `fn`. `run` receives the output of the schema `input`, and returns the input of the schema `output`. */
export type FunctionConfig<N extends string, I, R, SI, SO, P, D, Seen> = Policy & {
  name: N
  /** The description for a model, as a tool of an agent. */
  description?: D | undefined
  input?: SI | undefined
  /** Processes the validated output, in a state of its own. */
  processOutput?:
    | ((output: [SO] extends [never] ? Awaited<R> : SchemaOutput<SO>, ctx: RunContext) => Maybe<P>)
    | undefined
  run: Seeing<Seen>
} & ([Seen] extends [never] ? RunInferring<I, SI, SO> : RunKnown<I, R, SI, SO>)

/** Resolves to `unknown`, or to a function type from which `Seen` is inferred: the parameters of `run`. */
export type Seeing<Seen> = [Seen] extends [never]
  ? unknown
  : [Seen] extends [readonly unknown[]]
    ? unknown
    : (...args: Seen & unknown[]) => unknown
// `I` is in the last branch, so that nothing is inferred for it from an input that is `SchemaOutput<S>` itself.
type Runs<I, SI, O> = (input: IsGiven<SI> extends true ? SchemaOutput<SI> : I, ctx: RunContext) => O
type IsGiven<S> = [S] extends [never] ? false : true
// Conditions on a property, not on the whole: a schema may be an unresolved type parameter.
type RunKnown<I, R, SI, SO> = {
  output?: SO | undefined
  run: [SO] extends [never] ? Runs<I, SI, Maybe<R>> : Runs<I, SI, Maybe<SchemaInput<SO>>>
}
/** Before the result of `run` is inferred: whether there is a schema is known before its type is. */
type RunInferring<I, SI, SO> = [SO] extends [never]
  ?
      | { output?: undefined; run: Runs<I, SI, ContextualMessages> }
      | { output: StandardSchema; run: Runs<I, SI, ContextualLiterals> }
  : { output: SO | undefined; run: Runs<I, SI, ContextualReturnOf<SchemaInput<SO>>> }

/**
 * A leaf: one function of the user, sync or async, with schemas and a policy.
 * States: `validatingInput → running → validatingOutput → (processingOutput) → complete | failed`, and
 * `waitingToRetry` with `retry`. Throws a `TypeError` on a bad name, schema or policy.
 *
 * @example
 * const greet = fn({ name: 'greet', input: z.object({ who: z.string() }), run: ({ who }) => `Hello ${who}` })
 * await greet.run({ who: 'Ada' }) // 'Hello Ada'
 */
// One signature, no overloads: with overloads every mistake would be reported on the schemas and not on `run`.
export function fn<
  const N extends string,
  I,
  R = never,
  SI extends StandardSchema = never,
  SO extends StandardSchema = never,
  P extends Returned = never,
  D extends string = never,
  Seen = never,
>(
  config: FunctionConfig<N, I, R, SI, SO, P, D, Seen>,
): Fn<
  [SI] extends [never] ? OpaqueNoInfer<I> : SchemaInput<SI>,
  [P] extends [never]
    ? [SO] extends [never]
      ? OpaqueNoInfer<Awaited<R>>
      : SchemaOutput<SO>
    : OpaqueNoInfer<Awaited<P>>,
  N,
  CancelEvent
> &
  Described<D, SI, SchemaOutput<SI>> {
  checkFactory('function', config, ['input', 'output', 'run', 'processOutput'])
  return define(leafWithCode(config as unknown as LeafConfig)) as never
}

export type LeafConfig = Policy & {
  name: string
  input?: StandardSchema
  output?: StandardSchema
  run: Work
  processOutput?: Work
}

/** The node of a leaf of the given kind. */
export function leaf(kind: string, config: LeafConfig): Node {
  const { name, input, output, run, processOutput, ...policy } = config
  const owner = `${kind} ${String(name)}`
  if (typeof run !== 'function')
    throw new TypeError(`${owner} has no run: run is ${formatValue(run)}. Give it run: (input, ctx) => output.`)
  if (processOutput !== undefined && typeof processOutput !== 'function')
    throw new TypeError(
      `${owner}: processOutput is not a function but ${formatValue(processOutput)}. Give (output, ctx) => output, or leave it out.`,
    )
  return {
    kind,
    name,
    policy,
    input,
    output,
    facts: { run },
    swap: (other) => leaf(kind, { ...config, run: other }),
    compile: (scope) => lifecycle(scope, { leaf: true, processOutput, running: ({ work }) => ({ invoke: work(run) }) }),
  }
}

/** A leaf whose `run` is user code, not code of this library. */
function leafWithCode(config: LeafConfig): Node {
  const node = leaf('function', config)
  return { ...node, facts: { ...node.facts, code: config.run }, swap: (run) => leafWithCode({ ...config, run }) }
}

/** Converts a child to a tinyllm function; a plain function becomes a leaf. Throws a `TypeError` for anything else. */
export function asFn(child: unknown, name: string, owner: string): HasNode {
  if (typeof child === 'function')
    return define({ ...leafWithCode({ name, run: child as Work }), names: functionNamesOf(child) })
  if (NODE in Object(child)) return child as HasNode
  throw new TypeError(
    `${owner}: ${name} is not a function but ${formatValue(child)}. Give the result of fn(), chain() or another factory, or a plain function.`,
  )
}

/** The same for a child in a list, whose key is its own name, or its position (`step3`). */
export function asNamed(child: unknown, index: number, owner: string): NodeChild {
  const fn = asFn(child, (typeof child === 'function' && child.name) || `step${index + 1}`, owner)
  return { key: fn[NODE].name, fn }
}

/** Converts a list of children. */
export function listOf(children: unknown, owner: string): NodeChild[] {
  if (children !== undefined && !Array.isArray(children))
    throw new TypeError(
      `${owner}: children is not an array but ${formatValue(children)}. Give children: [first, second].`,
    )
  return ((children ?? []) as unknown[]).map((child, index) => asNamed(child, index, owner))
}

/* ── how composites infer from their children ── */

/** Identity: as a branch or region its output has the type of its input there. */
export interface Pass<T, N extends string> extends Fn<T, T, N, CancelEvent> {
  readonly '~pass'?: true
}
/** The output of `F` for an input of type `I`. */
export type OutputGiven<F, I> = '~pass' extends keyof F ? (unknown extends InputOf<F> ? I : InputOf<F>) : OutputOf<F>
/** The intersection of all inputs; unions inside one input stay unions, because each is wrapped before the union is formed. */
export type InputsOf<C, Except = never> = {
  [K in keyof C]: K extends Except ? (input: unknown) => void : (input: InputOf<C[K]>) => void
}[keyof C & (C extends readonly unknown[] ? number : unknown)] extends (input: infer I) => void
  ? I
  : never
/**
 * An intersection of object types as one object type, so that messages stay readable. A text that intersects with a text
 * or messages is a text.
 */
export type Flat<T, All = T> = T extends object
  ? T extends (...args: never) => unknown
    ? T
    : T extends string | number
      ? [T extends string ? string : number] extends [All]
        ? never
        : T
      : { [K in keyof T]: T[K] }
  : T

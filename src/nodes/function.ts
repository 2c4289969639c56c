import { fromPromise } from 'xstate'
import { EMIT } from '../compile/machine.ts'
import { lifecycle } from '../compile/lifecycle.ts'
import { checkSchema } from '../compile/schema.ts'
import { type HasNode, NODE, type Node } from '../compile/scope.ts'
import { define } from '../define.ts'
import type { CancelEvent, Fn, Policy, RunContext, SchemaInput, SchemaOutput, StandardSchema } from '../types.ts'

type Maybe<T> = T | Promise<T>
type Work = (input: never, ctx: RunContext) => unknown

/** What `fn` takes. `run`'s input is the output of the schema `input`; what it gives is the input of the schema `output`. */
export type FunctionConfig<N extends string, I, R, SI, SO, P> = Policy & {
  name: N
  input?: SI
  output?: SO
  run: (
    input: [SI] extends [never] ? I : SchemaOutput<SI>,
    ctx: RunContext,
  ) => [SO] extends [never] ? R : Maybe<SchemaInput<SO>>
  /** A last step on the validated output, in a state of its own. */
  processOutput?: (output: [SO] extends [never] ? Awaited<R> : SchemaOutput<SO>, ctx: RunContext) => P
}

/**
 * A leaf: one function of yours, async or not, with schemas and a policy.
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
  R,
  SI extends StandardSchema<never> = never,
  SO extends StandardSchema<never> = never,
  P = never,
>(
  config: FunctionConfig<N, I, R, SI, SO, P>,
): Fn<
  [SI] extends [never] ? I : SchemaInput<SI>,
  [P] extends [never] ? ([SO] extends [never] ? Awaited<R> : SchemaOutput<SO>) : Awaited<P>,
  N,
  CancelEvent
> {
  return define(leaf('function', config as unknown as LeafConfig)) as never
}

export type LeafConfig = Policy & {
  name: string
  input?: StandardSchema
  output?: StandardSchema
  run: Work
  processOutput?: Work
}

/** The node of a leaf, under the name of the kind that is made of it. */
export function leaf(kind: string, config: LeafConfig): Node {
  const { name, input, output, run, processOutput, ...policy } = config
  const owner = `${kind} ${String(name)}`
  if (typeof run !== 'function')
    throw new TypeError(`${owner} has nothing to run. Give it run: (input, ctx) => output.`)
  checkSchema(owner, 'input', input)
  checkSchema(owner, 'output', output)
  return {
    kind,
    name,
    policy,
    swap: (other) => leaf(kind, { ...config, run: other as Work }),
    compile: (scope) =>
      lifecycle(scope, {
        policy,
        leaf: true,
        input,
        output,
        processOutput: processOutput && logicOf(scope.path, processOutput),
        running: ({ work }) => ({ invoke: work(logicOf(scope.path, run)) }),
      }),
  }
}

type Call = { input: unknown; attempt: number; idempotencyKey: string }
type System = { _logger: (...args: unknown[]) => void }

/** A promise actor around `run(input, ctx)`, which begins in a microtask of its own so that listeners can attach first. */
const logicOf = (path: string, run: Work) =>
  fromPromise<unknown, Call>(async ({ input: { input, attempt, idempotencyKey }, self, signal, system }) => {
    await null
    signal.throwIfAborted()
    const emit: RunContext['emit'] = (event) => {
      if (typeof (event as { type?: unknown } | undefined)?.type !== 'string') {
        throw new TypeError('ctx.emit takes an event: an object with a type, such as { type: "progress", done: 1 }')
      }
      if (self.getSnapshot().status === 'active') self._parent?.send({ type: EMIT, path, event })
    }
    const log = (...args: unknown[]) => (system as unknown as System)._logger(`[${path}]`, ...args)
    return run(input as never, { signal, attempt, path, idempotencyKey, emit, log })
  })

/** A child as it may be given: one of ours, or a plain function, named after itself or by its place. */
export function asFn(child: unknown, name: string, owner: string): HasNode {
  if (typeof child === 'function') return define(leaf('function', { name, run: child as Work }))
  if (NODE in Object(child)) return child as HasNode
  throw new TypeError(
    `${owner}: ${name} is no function. Give one made with fn(), chain() or the like, or a plain function.`,
  )
}

/** The same for a child in a list, with the name that it goes by. */
export function asNamed(child: unknown, index: number, owner: string): { name: string; fn: HasNode } {
  const fn = asFn(child, (typeof child === 'function' && child.name) || `step${index + 1}`, owner)
  return { name: fn[NODE].name, fn }
}

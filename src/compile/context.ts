import type { AnyActorRef } from 'xstate'
import { globalSymbol } from '../border/global-state.ts'
import { setRejectedAnswers } from '../border/rejected-answers.ts'
import { instancePath } from '../border/external-events/machines.ts'
import { functionNameOf, guardObserver, type ObserverGuard } from '../border/guard-observer.ts'
import type { CallMark, PipelineContext, RunContext, UsageEvent } from '../types.ts'
import { type LeafRun, outsideLeaf } from './leaf-run.ts'
import { runChild } from './run-child.ts'
import { EMIT, type EmittedEvent, emitUp } from './emit-up.ts'
import type { LeafInput } from './leaf-input.ts'
import { getProvided } from './get-provided.ts'
import type { WorkObserver } from './work-observers.ts'
import { parentOf, rootActorOf } from '../border/actors.ts'
import { formatValue } from '../border/format-value.ts'

/** Creates the context of a leaf, the second argument of its `run`. */
export const createContext = (
  path: string,
  call: LeafInput,
  begun: LeafRun,
  overseers: readonly WorkObserver[],
): RunContext => new Proxy(new Context(path, call, begun, overseers), Context.lazy) as unknown as RunContext

/** The value, if it is the context of a leaf; a copy of a context is not one: it may have another signal. */
export const contextIn = (value: unknown): RunContext | undefined =>
  (Object(value) as { [CONTEXT]?: boolean })[CONTEXT] === true ? (value as RunContext) : undefined

/** Marks the contexts of all copies of this package. */
const CONTEXT: unique symbol = globalSymbol('context') as never

/** A context, of which seven properties are created on first access. */
class Context {
  readonly attempt: number
  readonly path = undefined
  readonly idempotencyKey: string
  readonly signal = undefined
  readonly emit = undefined
  readonly log = undefined
  readonly run = undefined
  readonly get = undefined
  readonly call = undefined
  readonly #begun: LeafRun
  /** Its path in the definition. */
  readonly #place: string
  readonly #overseers: readonly WorkObserver[]

  constructor(
    place: string,
    { attempt, idempotencyKey, refused }: LeafInput,
    begun: LeafRun,
    overseers: readonly WorkObserver[],
  ) {
    this.attempt = attempt
    this.idempotencyKey = idempotencyKey
    this.#begun = begun
    this.#place = place
    this.#overseers = overseers
    if (refused) setRejectedAnswers(this, refused)
  }

  get [CONTEXT](): true {
    return true
  }

  // Not accessors: own ones are slow to create, and those of a prototype are lost in a copy (`{ ...ctx }`).
  static readonly lazy: ProxyHandler<Context> = {
    get(context, key) {
      switch (key) {
        case 'path':
          return instancePath(context.#begun.self, context.#place)
        case 'call':
          return callAround(context.#begun.self)
        case 'signal':
          return context.#begun.signal
        case 'emit':
          return emitFrom(context.#begun, context.#place, context.#overseers)
        case 'log':
          return logFrom(context.#begun.self, context.#place)
        case 'run':
          return (fn: unknown, input: unknown) =>
            runChild(context.#begun, { path: context.#place, idempotencyKey: context.idempotencyKey }, fn, input)
        case 'get':
          return (wanted: unknown) =>
            getProvided(context.#begun, { path: context.#place, attempt: context.attempt }, wanted)
        default:
          return context[key as keyof Context]
      }
    },
  }
}

/** The innermost tool call that a leaf runs in. */
function callAround(self: AnyActorRef): CallMark | undefined {
  for (let actor: AnyActorRef | undefined = parentOf(self); actor; actor = parentOf(actor)) {
    const { context } = Object(actor.getSnapshot()) as { context?: Partial<PipelineContext> }
    if (context?.call) return { ...context.call }
  }
  return undefined
}

const emitFrom =
  (begun: LeafRun, path: string, overseers: readonly WorkObserver[]): RunContext['emit'] =>
  (given) => {
    // A copy: a getter that throws fails the leaf that emitted it, and later changes to the object have no effect.
    const event = { ...given } as EmittedEvent
    if (typeof event.type !== 'string') {
      throw new TypeError(
        `ctx.emit takes an event: an object whose type is a string, such as { type: 'progress', done: 1 }. The type of this one is ${formatValue(event.type)}`,
      )
    }
    // Usage counts, even of a leaf that continues after it has ended.
    if (event.type === 'usage') for (const each of overseers) each.spend?.({ ...event, path } as unknown as UsageEvent)
    if (!begun.isActive) return
    for (const each of overseers) each.hear?.()
    outsideLeaf(() => emitUp(begun.self, { type: EMIT, path, event }))
  }

type WriteFn = (...args: unknown[]) => unknown
type Root = { readonly options: { readonly logger: WriteFn } }
const watchers = new WeakMap<object, ObserverGuard>()

/** Writes with the function that XState's own `log` action writes with: the root's. It only watches. */
const logFrom =
  (self: AnyActorRef, path: string): RunContext['log'] =>
  (...args) => {
    const { system } = self
    const { logger: write } = (rootActorOf(self) as unknown as Root).options
    const watch = watchers.get(system) ?? guardObserver('logger')
    watchers.set(system, watch)
    outsideLeaf(() => watch(() => write(`[${instancePath(self, path)}]`, ...args), functionNameOf(write)))
  }

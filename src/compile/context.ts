import type { AnyActorRef } from 'xstate'
import { globalSymbol } from '../border/global-state.ts'
import { setRejectedAnswers } from '../border/rejected-answers.ts'
import { instancePath } from '../border/external-events/machines.ts'
import { functionNameOf, type ObserverGuard, guardObserver } from '../border/guard-observer.ts'
import type { CallMark, PipelineContext, RunContext, UsageEvent } from '../types.ts'
import { type Begun, unobserved } from './begun.ts'
import { runBelow } from './below.ts'
import { EMIT, type Happening, tell } from './bubbling.ts'
import type { Call } from './call.ts'
import { getFrom } from './getting.ts'
import type { Overseer } from './overseeing.ts'
import { formatValue } from '../border/format-value.ts'

/** What the `run` of a leaf gets beside its input. */
export const contextOf = (path: string, call: Call, begun: Begun, overseers: readonly Overseer[]): RunContext =>
  new Proxy(new Context(path, call, begun, overseers), Context.lazy) as unknown as RunContext

/** The context of a leaf, where that is what was given; a copy of it may have a signal of its own, and is none. */
export const contextIn = (value: unknown): RunContext | undefined =>
  (Object(value) as { [CONTEXT]?: boolean })[CONTEXT] === true ? (value as RunContext) : undefined

/** What the contexts of all copies of this package inherit. */
const CONTEXT: unique symbol = globalSymbol('context') as never

/** An object like any other, but for seven parts that are made when somebody looks at them. */
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
  readonly #begun: Begun
  /** Its path in the definition. */
  readonly #place: string
  readonly #overseers: readonly Overseer[]

  constructor(place: string, { attempt, idempotencyKey, refused }: Call, begun: Begun, overseers: readonly Overseer[]) {
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

  // Accessors would do the same; but on each context they cost much, and those of a prototype are lost in a copy.
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
            runBelow(context.#begun, { path: context.#place, idempotencyKey: context.idempotencyKey }, fn, input)
        case 'get':
          return (wanted: unknown) =>
            getFrom(context.#begun, { path: context.#place, attempt: context.attempt }, wanted)
        default:
          return context[key as keyof Context]
      }
    },
  }
}

/** The call of a tool that a leaf runs for: the innermost one. */
function callAround(self: AnyActorRef): CallMark | undefined {
  for (let actor: AnyActorRef | undefined = self._parent; actor; actor = actor._parent) {
    const { context } = Object(actor.getSnapshot()) as { context?: Partial<PipelineContext> }
    if (context?.call) return { ...context.call }
  }
  return undefined
}

const emitFrom =
  (begun: Begun, path: string, overseers: readonly Overseer[]): RunContext['emit'] =>
  (given) => {
    // Read here, once: what cannot be read fails the function that gave it, and what it changes later stays its own.
    const event = { ...given } as Happening
    if (typeof event.type !== 'string') {
      throw new TypeError(
        `ctx.emit takes an event: an object whose type is a string, such as { type: 'progress', done: 1 }. The type of this one is ${formatValue(event.type)}`,
      )
    }
    // Tokens were used, even by a function that goes on when it is over.
    if (event.type === 'usage') for (const each of overseers) each.spend?.({ ...event, path } as unknown as UsageEvent)
    if (!begun.isActive) return
    for (const each of overseers) each.hear?.()
    unobserved(() => tell(begun.self, { type: EMIT, path, event }))
  }

type Write = (...args: unknown[]) => unknown
const watchers = new WeakMap<object, ObserverGuard>()

/** Writes with the function that XState's own `log` action writes with; typed as private there. It only watches. */
const logFrom =
  (self: AnyActorRef, path: string): RunContext['log'] =>
  (...args) => {
    const { system } = self
    const { _logger: write } = system as unknown as { _logger: Write }
    const watch = watchers.get(system) ?? guardObserver('logger')
    watchers.set(system, watch)
    unobserved(() => watch(() => write(`[${instancePath(self, path)}]`, ...args), functionNameOf(write)))
  }

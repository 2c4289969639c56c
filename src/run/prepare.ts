import { type Actor, type AnyStateMachine, createActor } from 'xstate'
import { EMIT } from '../compile/leaf.ts'
import { CANCEL } from '../compile/machine.ts'
import { callAt, now } from '../compile/timer.ts'
import { configured } from '../observe/configure.ts'
import { isConversationMessage, type OnRunEvent, runEventsOf } from '../observe/run-events.ts'
import { toCause } from '../errors.ts'
import { createWithValues, providedValues } from '../border/provided-values.ts'
import { attempt, isTimeout } from '../border/shape.ts'
import type { ChatMessageEvent, RefusedEvent, RunOptions } from '../types.ts'
import { functionNameOf } from '../border/guard-observer.ts'
import { whenAborted } from './abort.ts'
import { createRunLog, guardInspector, type Inspect, silent } from './logging.ts'
import { checkRunOptions } from './options.ts'

/** A compiled function. */
export type Runnable = {
  readonly machine: AnyStateMachine & { readonly stock: AnyStateMachine }
  /** The paths whose transitions are logged in any case. */
  readonly verbose: ReadonlySet<string>
}

/** Creates an actor with the options applied; `begin` starts it. */
export function createRun(
  { machine, verbose }: Runnable,
  input: unknown,
  options: RunOptions = {},
  push?: OnRunEvent,
): Actor<AnyStateMachine> {
  checkRunOptions(machine.id, options)
  const { id, engine = 'fast', provide } = options
  const log = createRunLog(machine.id, options.logger ?? configured().logger, verbose)
  const inspect = combine([
    inspectorOf(options.inspect),
    push && guardInspector('stream', runEventsOf(EMIT, push)),
    log && guardInspector('logger', runEventsOf(EMIT, log.sink)),
  ])
  const actor = createWithValues(provide && providedValues(machine.id, provide), () =>
    createActor(engine === 'stock' ? machine.stock : machine, {
      input,
      ...(id !== undefined && { id }),
      ...(inspect && { inspect }),
      logger: log?.write ?? silent(),
    }),
  )
  for (const sink of [push, log?.sink]) {
    if (!sink) continue
    actor.on('refused', onRefused(sink) as never)
    actor.on('message', onMessage(sink) as never)
  }
  return actor
}

/** `refused` events come from the actor, as they change no state; a leaf may emit another event of that type. */
const onRefused = (sink: OnRunEvent) => (event: RefusedEvent) => {
  if (typeof event.code === 'string' && typeof Object(event.event).type === 'string') sink(event)
}

/** `message` events of an agent come from the actor, also the last one; a leaf may emit another event of that type. */
const onMessage = (sink: OnRunEvent) => (event: ChatMessageEvent) => {
  if (isConversationMessage(event as never)) sink(event)
}

/** Starts an actor with its signal and timeout, which are removed when it ends. */
export function startRun<A extends Actor<AnyStateMachine>>(actor: A, options: RunOptions = {}): A {
  const { signal, timeout } = options
  actor.start()
  if (signal || timeout !== undefined) setDeadlines(actor, actor.logic.id, signal, timeout)
  return actor
}

/** Ends the run on abort of the signal, or after the timeout. */
function setDeadlines(
  actor: Actor<AnyStateMachine>,
  name: string,
  signal: AbortSignal | undefined,
  timeout: number | undefined,
) {
  if (actor.getSnapshot().status !== 'active') return
  const cancel = (code: string, message: string, reason?: unknown) =>
    actor.send({ type: CANCEL, code, message, reason })
  const onAbort = () => {
    const reason = attempt(() => signal?.reason as unknown)
    if (isTimeout(reason))
      cancel('timeout', `${name} took longer than its signal allows. Allow it more time, or make it faster.`, reason)
    else cancel('aborted', `${name} was aborted.`, reason)
  }
  const onTime = () =>
    cancel('timeout', `The run of ${name} took longer than ${timeout} ms. Raise its timeout, or make it faster.`)
  const stopTimer = timeout === undefined ? () => {} : callAt(actor, now(actor) + timeout, onTime)
  let forget = () => {}
  const clear = () => {
    stopTimer()
    forget()
  }
  actor.subscribe({
    complete: clear,
    error: (error) => {
      clear()
      // XState reports an error as unhandled only without error handlers; this one must not change that.
      const { observers } = actor as unknown as { observers?: ReadonlySet<unknown> }
      if (observers?.size === 1) throw error
    },
  })
  if (signal?.aborted) onAbort()
  else if (signal) forget = onAborted(actor, signal, onAbort)
}

/** A run whose signal cannot be observed is stopped: it could not be aborted. */
function onAborted(actor: Actor<AnyStateMachine>, signal: AbortSignal, onAbort: () => void): () => void {
  try {
    return whenAborted(signal, onAbort)
  } catch (thrown) {
    actor.stop()
    const why = toCause(thrown).message
    throw new TypeError(`The run of ${actor.logic.id}: its signal cannot be listened to: ${why}`, { cause: thrown })
  }
}

const inspectorOf = (inspect: RunOptions['inspect']): Inspect | undefined => {
  if (!inspect) return undefined
  return typeof inspect === 'function'
    ? guardInspector('inspect', inspect, functionNameOf(inspect))
    : guardInspector('inspect', (event) => inspect.next?.(event), 'next')
}

function combine(sinks: readonly (Inspect | undefined)[]): Inspect | undefined {
  const wanted = sinks.filter((sink) => sink !== undefined)
  if (wanted.length < 2) return wanted[0]
  return (event) => {
    for (const sink of wanted) sink(event)
  }
}

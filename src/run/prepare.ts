import { type Actor, type AnyStateMachine, createActor } from 'xstate'
import { EMIT } from '../compile/leaf.ts'
import { CANCEL } from '../compile/machine.ts'
import { callAt, now } from '../compile/timer.ts'
import { configured } from '../observe/configure.ts'
import { isConversationMessage, type OnRunEvent, runEventsOf } from '../observe/run-events.ts'
import { describe } from '../errors.ts'
import { holdingFrom, valuesIn } from '../border/keys.ts'
import { attempt, isTimeout } from '../border/shape.ts'
import type { ChatMessageEvent, RefusedEvent, RunOptions } from '../types.ts'
import { nameOf } from '../border/watcher.ts'
import { whenAborted } from './abort.ts'
import { type Inspect, logging, silent, watching } from './logging.ts'
import { checkRunOptions } from './options.ts'

/** What a run is made from. */
export type Runnable = {
  readonly machine: AnyStateMachine & { readonly stock: AnyStateMachine }
  /** The paths whose transitions are logged in any case. */
  readonly verbose: ReadonlySet<string>
}

/** An actor with the options applied; `begin` starts it. Ten thousand may wait at once: they hold on to little. */
export function prepare(
  { machine, verbose }: Runnable,
  input: unknown,
  options: RunOptions = {},
  push?: OnRunEvent,
): Actor<AnyStateMachine> {
  checkRunOptions(machine.id, options)
  const { id, engine = 'fast', provide } = options
  const log = logging(machine.id, options.logger ?? configured().logger, verbose)
  const inspect = together([
    observer(options.inspect),
    push && watching('stream', runEventsOf(EMIT, push)),
    log && watching('logger', runEventsOf(EMIT, log.sink)),
  ])
  const actor = holdingFrom(provide && valuesIn(machine.id, provide), () =>
    createActor(engine === 'stock' ? machine.stock : machine, {
      input,
      ...(id !== undefined && { id }),
      ...(inspect && { inspect }),
      logger: log?.write ?? silent,
    }),
  )
  for (const sink of [push, log?.sink]) {
    if (!sink) continue
    actor.on('refused', tellingOf(sink) as never)
    actor.on('message', sayingOf(sink) as never)
  }
  return actor
}

/** What was refused left no state, so the actor alone tells of it; a leaf may emit what is only called the same. */
const tellingOf = (sink: OnRunEvent) => (event: RefusedEvent) => {
  if (typeof event.code === 'string' && typeof Object(event.event).type === 'string') sink(event)
}

/** What is said in an agent is told as the agent comes to it, also when that is its end; a leaf may emit the same name. */
const sayingOf = (sink: OnRunEvent) => (event: ChatMessageEvent) => {
  if (isConversationMessage(event as never)) sink(event)
}

/** Starts it, within its limits; nothing of them outlives its end. */
export function begin<A extends Actor<AnyStateMachine>>(actor: A, options: RunOptions = {}): A {
  const { signal, timeout } = options
  actor.start()
  if (signal || timeout !== undefined) limit(actor, actor.logic.id, signal, timeout)
  return actor
}

/** Lets a signal and a time limit end the run. */
function limit(
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
      // XState reports an error that nobody listens for; this listener must not be the one that silences it.
      const { observers } = actor as unknown as { observers: ReadonlySet<unknown> }
      if (observers.size === 1) throw error
    },
  })
  if (signal?.aborted) onAbort()
  else if (signal) forget = heard(actor, signal, onAbort)
}

/** A run that could not be aborted must not go on unwatched. */
function heard(actor: Actor<AnyStateMachine>, signal: AbortSignal, onAbort: () => void): () => void {
  try {
    return whenAborted(signal, onAbort)
  } catch (thrown) {
    actor.stop()
    const why = describe(thrown).message
    throw new TypeError(`The run of ${actor.logic.id}: its signal cannot be listened to: ${why}`, { cause: thrown })
  }
}

const observer = (inspect: RunOptions['inspect']): Inspect | undefined => {
  if (!inspect) return undefined
  return typeof inspect === 'function'
    ? watching('inspect', inspect, nameOf(inspect))
    : watching('inspect', (event) => inspect.next?.(event), 'next')
}

function together(sinks: readonly (Inspect | undefined)[]): Inspect | undefined {
  const wanted = sinks.filter((sink) => sink !== undefined)
  if (wanted.length < 2) return wanted[0]
  return (event) => {
    for (const sink of wanted) sink(event)
  }
}

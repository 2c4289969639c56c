import type { AnyActorRef, InspectionEvent } from 'xstate'
import { EMIT } from '../compile/leaf.ts'
import { type OnRunEvent, runEventsOf } from '../observe/run-events.ts'
import { guardLogger, logRunEvents, isWithinAny } from '../observe/log-run-events.ts'
import { createLogger } from '../observe/logger.ts'
import { guardObserver } from '../border/guard-observer.ts'
import type { Logger } from '../types.ts'
import { rootActorOf } from '../border/actors.ts'

export type Inspect = (event: InspectionEvent) => void
type WriteLog = (...args: unknown[]) => void
type Log = {
  readonly target: Logger
  readonly verbose: Set<string>
  readonly sink: OnRunEvent
  readonly write: WriteLog
}
/** The root actor of a run keeps what XState's `log` action writes with. */
type Root = { readonly options: { readonly logger: WriteLog } }

/** The log that a run got after its start. */
const LATER = Symbol('later')
type Silent = WriteLog & { [LATER]: Log | undefined }
/** What a run without a log writes with: nothing, as long as it has none. */
export function silent(): WriteLog {
  const write: Silent = (...args) => write[LATER]?.write(...args)
  write[LATER] = undefined
  return write
}
const isSilent = (write: WriteLog): write is Silent => LATER in Object(write)
/** By what a run writes with, its log. */
const logs = new WeakMap<WriteLog, Log>()

const lastLoggers = new Map<string, WeakRef<Logger>>()

/** Creates the log of a run: of all functions with a logger, else of those at or below the `verbose` paths. */
export function createRunLog(name: string, logger: Logger | undefined, verbose: ReadonlySet<string>): Log | undefined {
  if (!logger && verbose.size === 0) return undefined
  const target = guardLogger(logger ?? createLogger())
  lastLoggers.set(name, new WeakRef(target))
  const paths = new Set(verbose)
  const concerns = logger ? () => true : isWithinAny(paths)
  const write: WriteLog = (...args) => {
    const [path] = args
    if (typeof path !== 'string' || concerns(path.slice(1, -1))) target.info(...args)
  }
  const log = { target, verbose: paths, sink: logRunEvents(target, concerns), write }
  logs.set(write, log)
  return log
}

/** Adds `verbose` paths of a child to the log of the run around it, which has started already. */
export function logBelow(actor: AnyActorRef, path: string, verbose: ReadonlySet<string>): void {
  if (verbose.size === 0) return
  const { logger: write } = (rootActorOf(actor) as unknown as Root).options
  const known = isSilent(write) ? write[LATER] : logs.get(write)
  for (const each of verbose) known?.verbose.add(each)
  if (known || !isSilent(write)) return
  const [root] = path.split('.', 1) as [string]
  const log = createRunLog(root, undefined, verbose) as Log
  actor.system.inspect(guardInspector('logger', runEventsOf(EMIT, log.sink, root)))
  write[LATER] = log
}

/** The logger of the last run of a pipeline that had one; it is held weakly. */
export const loggerOf = (name: string): Logger | undefined => lastLoggers.get(name)?.deref()

/** XState calls inspectors inside a macrostep: an error of theirs would fail the run. */
export function guardInspector(kind: string, inspect: (event: InspectionEvent) => unknown, name?: string): Inspect {
  const watch = guardObserver(kind)
  return (event) => watch(() => inspect(event), name)
}

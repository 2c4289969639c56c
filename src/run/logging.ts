import type { AnyActorRef, InspectionEvent } from 'xstate'
import { EMIT } from '../compile/leaf.ts'
import { type OnProgress, progressOf } from '../observe/events.ts'
import { guarded, logTo, within } from '../observe/log.ts'
import { createLogger } from '../observe/logger.ts'
import { guardObserver } from '../border/guard-observer.ts'
import type { Logger } from '../types.ts'

export type Inspect = (event: InspectionEvent) => void
type WriteLog = (...args: unknown[]) => void
type Log = {
  readonly target: Logger
  readonly verbose: Set<string>
  readonly sink: OnProgress
  readonly write: WriteLog
}
/** Private to XState's types: the logger of its `log` action, and the inspection of a whole actor system. */
type LoggingSystem = { _logger: WriteLog; inspect(observer: Inspect): unknown }

/** The logger of a run without a log. */
export const silent: WriteLog = () => {}
/** The log of a run, by the logger of its actor system. */
const logs = new WeakMap<WriteLog, Log>()

const lastLoggers = new Map<string, WeakRef<Logger>>()

/** Creates the log of a run: of all functions with a logger, else of those at or below the `verbose` paths. */
export function createRunLog(name: string, logger: Logger | undefined, verbose: ReadonlySet<string>): Log | undefined {
  if (!logger && verbose.size === 0) return undefined
  const target = guarded(logger ?? createLogger())
  lastLoggers.set(name, new WeakRef(target))
  const paths = new Set(verbose)
  const concerns = logger ? () => true : within(paths)
  const write: WriteLog = (...args) => {
    const [path] = args
    if (typeof path !== 'string' || concerns(path.slice(1, -1))) target.info(...args)
  }
  const log = { target, verbose: paths, sink: logTo(target, concerns), write }
  logs.set(write, log)
  return log
}

/** Adds `verbose` paths of a child to the log of the run around it, which has started already. */
export function logBelow({ system }: AnyActorRef, path: string, verbose: ReadonlySet<string>): void {
  if (verbose.size === 0) return
  const run = system as unknown as LoggingSystem
  const known = logs.get(run._logger)
  for (const each of verbose) known?.verbose.add(each)
  if (run._logger !== silent) return
  const [root] = path.split('.', 1) as [string]
  const log = createRunLog(root, undefined, verbose) as Log
  run.inspect(guardInspector('logger', progressOf(EMIT, log.sink, root)))
  run._logger = log.write
}

/** The logger of the last run of a pipeline that had one; it is held weakly. */
export const loggerOf = (name: string): Logger | undefined => lastLoggers.get(name)?.deref()

/** XState calls inspectors inside a macrostep: an error of theirs would fail the run. */
export function guardInspector(kind: string, inspect: (event: InspectionEvent) => unknown, name?: string): Inspect {
  const watch = guardObserver(kind)
  return (event) => watch(() => inspect(event), name)
}

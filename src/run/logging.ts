import type { AnyActorRef, InspectionEvent } from 'xstate'
import { EMIT } from '../compile/leaf.ts'
import { type OnRunEvent, runEventsOf } from '../observe/run-events.ts'
import { guardLogger, logRunEvents, isWithinAny } from '../observe/log-run-events.ts'
import { createLogger } from '../observe/logger.ts'
import { watcher } from '../border/watcher.ts'
import type { Logger } from '../types.ts'

export type Inspect = (event: InspectionEvent) => void
type Write = (...args: unknown[]) => void
type Log = { readonly target: Logger; readonly verbose: Set<string>; readonly sink: OnRunEvent; readonly write: Write }
/** Where XState keeps what its own `log` action writes with, and observers of a whole run; typed as private there. */
type System = { _logger: Write; inspect(observer: Inspect): unknown }

/** What a run without a log writes with. */
export const silent: Write = () => {}
/** By what a run writes with, its log. */
const logs = new WeakMap<Write, Log>()

const last = new Map<string, WeakRef<Logger>>()

/** The log of a run of that pipeline: all of it with a logger, else what is below these paths. */
export function logging(name: string, logger: Logger | undefined, verbose: ReadonlySet<string>): Log | undefined {
  if (!logger && verbose.size === 0) return undefined
  const target = guardLogger(logger ?? createLogger())
  last.set(name, new WeakRef(target))
  const paths = new Set(verbose)
  const concerns = logger ? () => true : isWithinAny(paths)
  const write: Write = (...args) => {
    const [path] = args
    if (typeof path !== 'string' || concerns(path.slice(1, -1))) target.info(...args)
  }
  const log = { target, verbose: paths, sink: logRunEvents(target, concerns), write }
  logs.set(write, log)
  return log
}

/** Has the run around an actor log these paths below it too: it began before they were known. */
export function logBelow({ system }: AnyActorRef, path: string, verbose: ReadonlySet<string>): void {
  if (verbose.size === 0) return
  const run = system as unknown as System
  const known = logs.get(run._logger)
  for (const each of verbose) known?.verbose.add(each)
  if (run._logger !== silent) return
  const [root] = path.split('.', 1) as [string]
  const log = logging(root, undefined, verbose) as Log
  run.inspect(watching('logger', runEventsOf(EMIT, log.sink, root)))
  run._logger = log.write
}

/** The logger of the last run of a pipeline that had one, while that run lives. */
export const loggerOf = (name: string): Logger | undefined => last.get(name)?.deref()

/** XState calls its observers in the midst of a step: what they throw would be the step's own failure. */
export function watching(kind: string, inspect: (event: InspectionEvent) => unknown, name?: string): Inspect {
  const watch = watcher(kind)
  return (event) => watch(() => inspect(event), name)
}

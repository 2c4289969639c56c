import { colorize } from 'consola/utils'
import type { AnyStateNode } from 'xstate'
import { safeStringify } from '../observe/safe-stringify.ts'
import { decodeKey } from '../border/label.ts'
import type { ActiveFunctions } from './active-functions.ts'
import { CliError } from './cli-error.ts'
import type { AnyFn, PipelineError, RunEvent } from '../types.ts'

/** What a run did so far. */
export type RunTotals = {
  /** Which way each decision went, by its path. */
  decisions: Record<string, string>
  usage: { inputTokens: number; outputTokens: number; cost: number }
  ms: number
}
/** What a run came to. */
export type RunOutcome = RunTotals & { output: unknown }

type ProgressOptions = {
  quiet: boolean
  verbose: boolean
  activity: ActiveFunctions
  write(text: string): void
}
type FunctionMeta = { layout?: string; model?: string }
type StateEvent = Extract<RunEvent, { type: 'state' }>

const stateMarks = {
  running: ['▸', 'cyan'],
  complete: ['✔', 'green'],
  rejected: ['⊖', 'yellow'],
  failed: ['✖', 'red'],
  waitingForLimit: ['◷', 'yellow'],
  waitingToRetry: ['↻', 'yellow'],
} as const
const quietMark = ['·', 'gray'] as const

/** Writes a run to standard error while it goes on, a line a state, indented as the functions contain each other. */
export function runProgress(pipeline: AnyFn, options: ProgressOptions) {
  const about = functionsOf(pipeline)
  const width = Math.max(...[...about.keys()].map((path) => indent(path).length + keyOfPath(path).length))
  const begin = performance.now()
  const since = new Map<string, number>()
  const decisions: Record<string, string> = {}
  const usage = { inputTokens: 0, outputTokens: 0, cost: 0 }
  const deciding = new Set<string>()
  let end: { output: unknown } | { error: PipelineError } | undefined
  let speaker: string | undefined

  const write = (text: string) => {
    if (!options.quiet) options.write(text)
  }
  const line = (path: string, mark: readonly [string, Color], text: string, rest = '') => {
    if (speaker !== undefined) write('\n')
    speaker = undefined
    const label = colorProgress(mark[1], mark[0]) + ` ${text}`
    const space = ' '.repeat(Math.max(1, width - indent(path).length - text.length + 3))
    write(`${indent(path)}${label}${rest && space + colorProgress('gray', rest)}\n`)
  }

  function onState(event: StateEvent) {
    const { path, state, attempt } = event
    options.activity.on(event)
    const decision = decisionAround(path, about)
    if (decision !== undefined && path.endsWith('.deciding')) deciding.add(decision)
    else if (decision !== undefined && deciding.delete(decision)) {
      decisions[decision] = keyOfPath(path)
      line(path, ['◆', 'magenta'], keyOfPath(path), `decision of ${decision}`)
    }
    if (state === 'running') since.set(path, performance.now())
    const mark = state in stateMarks ? stateMarks[state as keyof typeof stateMarks] : undefined
    if (!mark && !options.verbose) return
    const took = state === 'complete' && since.has(path) ? timeSince(since.get(path) as number) : ''
    const model = state === 'running' ? about.get(path)?.model : ''
    const tries = attempt > 1 || state === 'waitingToRetry' ? `attempt ${attempt}` : ''
    line(path, mark ?? quietMark, labelOfPath(path), [state, took, model, tries].filter(Boolean).join('  '))
  }

  function onToken(path: string, delta: string) {
    if (speaker !== path) write(`${speaker === undefined ? '' : '\n'}${indent(path)}${colorProgress('gray', '│')} `)
    speaker = path
    write(delta.replaceAll('\n', `\n${indent(path)}${colorProgress('gray', '│')} `))
  }

  const soFar = (): RunTotals => ({ decisions, usage, ms: Math.round(performance.now() - begin) })

  return {
    soFar,
    on(event: RunEvent): void {
      if (event.type === 'state') onState(event)
      else if (event.type === 'token') onToken(event.path, event.delta)
      else if (event.type === 'usage') {
        usage.inputTokens += event.inputTokens
        usage.outputTokens += event.outputTokens
        usage.cost += event.cost ?? 0
        if (options.verbose) line(event.path, quietMark, 'usage', formatTokens(event))
      } else if (event.type === 'waiting' && !options.verbose) {
        line(
          event.path,
          ['◷', 'yellow'],
          labelOfPath(event.path),
          `waits for ${Object.keys(event.events).join(' or ')}`,
        )
      } else if (event.type === 'output' || event.type === 'error') end = event
      else {
        const { path = pipeline.name, ...said } = event
        const told = said.type === 'event' ? said.event : said
        if (options.verbose) line(path, quietMark, told.type, safeStringify(told))
      }
    },
    /** Of a run that cannot end: where it stands. */
    whyEndless(): string {
      const [path = pipeline.name, ...more] = options.activity.innermost()
      const many = more.length > 0 ? ` (and ${more.length} more)` : ''
      return `The run cannot end: ${path}${many} is at work, and nothing is left that could end it (no timer, no connection, no file), so its promise never settles. Resolve or reject that promise, or give the function a timeout (in ms).`
    },
    /** Throws the error that the run ended with. */
    outcome(): RunOutcome {
      if (end && 'error' in end) throw end.error
      if (!end) throw new CliError('The run was stopped before it ended.')
      const used = usage.inputTokens + usage.outputTokens > 0 ? `, ${formatTokens(usage)}` : ''
      line(pipeline.name, ['', 'gray'], colorProgress('gray', `${timeSince(begin)}${used}`))
      return { output: end.output, ...soFar() }
    },
  }
}

/** What the chart says of each function, by path. */
function functionsOf({ machine }: AnyFn): Map<string, FunctionMeta> {
  const found = new Map<string, FunctionMeta>()
  const visit = (node: AnyStateNode) => {
    const meta = node.meta as (FunctionMeta & { path?: string }) | undefined
    if (meta?.path !== undefined) found.set(meta.path, meta)
    for (const child of Object.values(node.states)) visit(child)
  }
  visit(machine.root as AnyStateNode)
  return found
}

/** The decision that a function decides for, or is a branch of. */
function decisionAround(path: string, about: ReadonlyMap<string, FunctionMeta>): string | undefined {
  const above = path.slice(0, Math.max(0, path.lastIndexOf('.')))
  return about.get(above)?.layout === 'choice' && about.has(`${above}.deciding`) ? above : undefined
}

/** The last part of a path, as it was written: what a state key may not hold is escaped there. */
const keyOfPath = (path: string): string =>
  path
    .slice(path.lastIndexOf('.') + 1)
    .replaceAll(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/^%/, '')

/**
 * The same for a line of its own: of what is in an item, with the number of that, because many may be at work; of a call of
 * a tool, with its id.
 */
function labelOfPath(path: string): string {
  const [, item] = /\[([^.[\]]+)\]\.[^.[\]]+$/.exec(path) ?? []
  return item === undefined ? keyOfPath(path) : `[${decodeKey(item)}] ${keyOfPath(path)}`
}

const indent = (path: string): string => '  '.repeat(path.split(/[.[]/).length - 1)

function timeSince(from: number): string {
  const ms = performance.now() - from
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

const formatTokens = ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }): string =>
  `${inputTokens} tokens in, ${outputTokens} out`

type Color = Parameters<typeof colorize>[0]
const colorProgress = (color: Color, text: string): string => (process.stderr.isTTY ? colorize(color, text) : text)

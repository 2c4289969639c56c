import { inspect } from 'node:util'
import { stringify } from '../models/stringify.ts'
import { ActiveFunctions } from './active-functions.ts'
import { answerWaits } from './answer-waits.ts'
import { readAnswers } from './prompts/prepared-answers.ts'
import { Terminal } from './prompts/terminal.ts'
import type { EventAnswer, PromptedWait } from './prompts/prompted-wait.ts'
import { command } from './command.ts'
import { CliError, errorToJson, errorToText } from './cli-error.ts'
import { readInput } from './input.ts'
import { loadModule } from './load.ts'
import { offlineModel } from './offline-model.ts'
import { pausableOutput } from './pausable-output.ts'
import { pipelineParts, pickPipeline, providedBy } from './pipeline.ts'
import { type RunOutcome, runProgress, type RunTotals } from './run-progress.ts'
import { exportOption, requireFile, fileOption } from './analysis-command.ts'
import { settledOrIdle } from './settled-or-idle.ts'
import { unansweredToJson, formatUnanswered } from './unanswered-waits.ts'

/** Where a run can be looked at. */
const INSPECTORS = ['page', 'stately', 'classic'] as const

const note = (text: string) => process.stderr.write(`${text}\n`)

/**
 * `tinyllm run FILE --input …`: runs the pipeline that a module exports. The result goes to standard output, all else
 * to standard error. Where the run waits for an event, a person at the terminal is asked. The exit code is 1 when it
 * failed, 3 when it waits for an event that cannot be answered here, 130 after Ctrl-C.
 */
export const runCommand = command({
  name: 'run',
  description:
    'Runs a pipeline, shows its states as they change, and asks in the terminal for the events that it waits for. Exit code: 0 done, 1 failed, 3 waits for an event and nothing here can send it, 130 after Ctrl-C',
  options: {
    ...fileOption,
    input: {
      type: 'string',
      alias: 'i',
      mayBeEmpty: true,
      valueHint: 'JSON, text, @FILE or -',
      description:
        'The input; plain text goes into the text field of the first function. Default: the sample of the module',
    },
    sample: {
      type: 'string',
      valueHint: 'NAME',
      description: 'An export of the module as the input, instead of --input',
    },
    answers: {
      type: 'string',
      valueHint: 'FILE or -',
      description:
        'Events to send, each when the run waits for it: a JSON list, or one event a line, as { "type": "APPROVE", … }',
    },
    ...exportOption,
    json: { type: 'boolean', description: 'Prints one JSON document: { output, … }, { waiting, … } or { error }' },
    verbose: { type: 'boolean', description: 'Shows every state and event' },
    inspect: {
      type: 'string',
      valueHint: INSPECTORS.join('|'),
      choices: INSPECTORS,
      bare: 'page',
      description: 'Shows the run live: in a page on this machine (as --inspect alone), or in an inspector of Stately',
    },
    record: { type: 'string', valueHint: 'FILE', description: 'With --inspect: writes the journal of the run there' },
  },
  execute: async (given) => {
    const stop = listenToInterrupts()
    try {
      await execute(given, stop.signal)
    } catch (error) {
      process.exitCode = stop.exitCode ?? 1
      throw error
    } finally {
      stop.forget()
    }
  },
  fail: (error, isJson) => {
    if (isJson) process.stdout.write(`${JSON.stringify({ error: errorToJson(error) })}\n`)
    else process.stderr.write(`\n✖ ${errorToText(error)}\n`)
  },
})

type RunArguments = {
  readonly file?: string
  readonly input?: string
  readonly sample?: string
  readonly answers?: string
  readonly export?: string
  readonly json?: true
  readonly verbose?: true
  readonly inspect?: string
  readonly record?: string
}

async function execute(given: RunArguments, signal: AbortSignal): Promise<void> {
  const { input, sample, json, verbose, inspect, record } = given
  if (input === '-' && given.answers === '-')
    throw new CliError('--input - and --answers - both read standard input. Give one of them as a file: --input @FILE.')
  if (record !== undefined && (inspect === undefined || inspect === 'stately'))
    throw new CliError('--record writes what the inspector sees. Give --inspect beside it (or --inspect classic).')
  const file = requireFile(given.file, 'run')
  const module = await loadModule(file)
  const pipeline = pickPipeline(module, file, given.export)
  const parts = pipelineParts(pipeline)
  const value = await readInput(input, sample, parts[0]?.schema, module, note)
  const prepared = await readAnswers(given.answers)
  const model = await offlineModel(parts, note)
  const watched = await attachIf(inspect, record)
  try {
    const quiet = Boolean(json) && !verbose
    const [activity, out] = [new ActiveFunctions(), pausableOutput(process.stderr)]
    const shown = runProgress(pipeline, { quiet, verbose: Boolean(verbose), activity, write: out.write })
    const observed = watched && { inspect: watched.inspect }
    const stream = pipeline.stream(value, { signal, ...observed, ...providedBy(module) })
    const isOpen = watched?.answers ?? false
    const answers = answerWaits(pipeline, stream, {
      activity,
      terminal: processTerminal(),
      prepared,
      paper: out,
      isOpen,
    })
    const ended = (async () => {
      for await (const event of stream) {
        shown.on(event)
        answers.on(event)
      }
      await answers.end()
    })()
    const waiting = await settledOrIdle<readonly PromptedWait[] | void>(
      Promise.race([ended, answers.unanswered]),
      () => {
        const open = answers.waits()
        return open.length > 0 ? { value: open } : shown.whyEndless()
      },
    ).finally(() => stream[Symbol.asyncIterator]().return?.())
    if (waiting) printWaiting(pipeline.name, waiting, shown.soFar(), prepared.left, json)
    else printOutcome(shown.outcome(), json)
    if (!waiting && prepared.left.length > 0)
      note(`Answers that the run did not wait for: ${prepared.left.map(({ type }) => type).join(', ')}.`)
  } finally {
    await watched?.end()
    await model?.stop()
  }
}

/** Nothing of the inspector is loaded without --inspect. */
async function attachIf(view: string | undefined, record: string | undefined) {
  if (view === undefined) return undefined
  const { attachInspector: watch } = await import('./inspect.ts')
  return watch(view, note, record)
}

/** The first Ctrl-C aborts the run, which then ends in order; a second one ends the process. */
function listenToInterrupts() {
  const controller = new AbortController()
  const state = { signal: controller.signal, exitCode: undefined as number | undefined, forget }
  const onSignal = (name: string) => {
    state.exitCode = name === 'SIGINT' ? 130 : 143
    forget()
    controller.abort(new Error(`The process received ${name}.`))
  }
  function forget() {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return state
}

/** Ctrl-C at a question is a key; it does what the signal does. */
const processTerminal = (): Terminal =>
  new Terminal(process.stdin, process.stderr, () => {
    if (!process.emit('SIGINT', 'SIGINT')) process.exit(130)
  })

/** The code of a run that waits for an event which nothing here can send. */
const EXIT_CODE_WAITING = 3

function printWaiting(
  name: string,
  waits: readonly PromptedWait[],
  soFar: RunTotals,
  left: readonly EventAnswer[],
  json: true | undefined,
): void {
  process.exitCode = EXIT_CODE_WAITING
  note(formatUnanswered(name, waits, left))
  if (json) process.stdout.write(`${toJsonDocument({ waiting: unansweredToJson(waits), ...soFar }, 'The waits')}\n`)
}

function printOutcome(outcome: RunOutcome, json: true | undefined): void {
  if (json) process.stdout.write(`${toJsonDocument({ ...outcome, output: outcome.output ?? null }, 'The output')}\n`)
  else if (outcome.output !== undefined) process.stdout.write(`${prettyPrint(outcome.output)}\n`)
}

function toJsonDocument(data: object, what: string): string {
  try {
    return stringify(data)
  } catch (thrown) {
    throw new CliError(
      `${what} cannot be printed as JSON: it holds ${(thrown as Error).message}. Run it without --json, or return plain data from the pipeline.`,
    )
  }
}

function prettyPrint(output: unknown): string {
  try {
    return stringify(output, { indent: 2 })
  } catch {
    return inspect(output, { depth: null })
  }
}

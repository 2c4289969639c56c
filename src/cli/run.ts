import { inspect } from 'node:util'
import { write } from '../models/writing.ts'
import { command } from './command.ts'
import { CliError, toData, toText } from './failure.ts'
import { readInput } from './input.ts'
import { loadModule } from './load.ts'
import { offlineModel } from './offline.ts'
import { partsOf, pickPipeline, providedBy } from './pipeline.ts'
import { type Outcome, progress } from './progress.ts'
import { exportOption, fileOf, fileOption } from './reading.ts'
import { settling } from './settling.ts'

/** Where a run can be looked at. */
const VIEWS = ['page', 'stately', 'classic'] as const

const note = (text: string) => process.stderr.write(`${text}\n`)

/**
 * `tinyllm run FILE --input …`: runs the pipeline that a module exports. The result goes to standard output, all else
 * to standard error. The exit code is 1 when it failed, 130 after Ctrl-C.
 */
export const runCommand = command({
  name: 'run',
  description: 'Runs a pipeline, and shows its states as they change',
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
    ...exportOption,
    json: { type: 'boolean', description: 'Prints one JSON document: { output, … } or { error }' },
    verbose: { type: 'boolean', description: 'Shows every state and event' },
    inspect: {
      type: 'string',
      valueHint: VIEWS.join('|'),
      choices: VIEWS,
      bare: 'page',
      description: 'Shows the run live: in a page on this machine (as --inspect alone), or in an inspector of Stately',
    },
    record: { type: 'string', valueHint: 'FILE', description: 'With --inspect: writes the journal of the run there' },
  },
  execute: async (given) => {
    const stop = interruption()
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
    if (isJson) process.stdout.write(`${JSON.stringify({ error: toData(error) })}\n`)
    else process.stderr.write(`\n✖ ${toText(error)}\n`)
  },
})

type Wanted = {
  readonly file?: string
  readonly input?: string
  readonly sample?: string
  readonly export?: string
  readonly json?: true
  readonly verbose?: true
  readonly inspect?: string
  readonly record?: string
}

async function execute(given: Wanted, signal: AbortSignal): Promise<void> {
  const { input, sample, json, verbose, inspect, record } = given
  if (record !== undefined && (inspect === undefined || inspect === 'stately'))
    throw new CliError('--record writes what the inspector sees. Give --inspect beside it (or --inspect classic).')
  const file = fileOf(given.file, 'run')
  const module = await loadModule(file)
  const pipeline = pickPipeline(module, file, given.export)
  const parts = partsOf(pipeline)
  const value = await readInput(input, sample, parts[0]?.schema, module, note)
  const model = await offlineModel(parts, note)
  const watched = await watchIf(inspect, record)
  try {
    const quiet = Boolean(json) && !verbose
    const shown = progress(pipeline, { quiet, verbose: Boolean(verbose), answered: watched?.answers ?? false })
    const observed = watched && { inspect: watched.inspect }
    const ended = (async () => {
      for await (const event of pipeline.stream(value, { signal, ...observed, ...providedBy(module) })) shown.on(event)
    })()
    await settling(ended, shown.whyEndless)
    show(shown.outcome(), json)
  } finally {
    await watched?.end()
    await model?.stop()
  }
}

/** Nothing of the inspector is loaded without --inspect. */
async function watchIf(view: string | undefined, record: string | undefined) {
  if (view === undefined) return undefined
  const { watch } = await import('./inspect.ts')
  return watch(view, note, record)
}

/** The first Ctrl-C aborts the run, which then ends in order; a second one ends the process. */
function interruption() {
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

function show(outcome: Outcome, json: boolean | undefined): void {
  if (json) process.stdout.write(`${document(outcome)}\n`)
  else if (outcome.output !== undefined) process.stdout.write(`${pretty(outcome.output)}\n`)
}

function document(outcome: Outcome): string {
  try {
    return write({ ...outcome, output: outcome.output ?? null })
  } catch (thrown) {
    throw new CliError(
      `The output cannot be printed as JSON: it holds ${(thrown as Error).message}. Run it without --json, or return plain data from the pipeline.`,
    )
  }
}

function pretty(output: unknown): string {
  try {
    return write(output, { indent: 2 })
  } catch {
    return inspect(output, { depth: null })
  }
}

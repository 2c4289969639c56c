import { inspect } from 'node:util'
import { defineCommand } from 'citty'
import { write } from '../models/writing.ts'
import { CliError, toData, toText } from './failure.ts'
import { readInput } from './input.ts'
import { loadModule } from './load.ts'
import { offlineModel } from './offline.ts'
import { partsOf, pickPipeline } from './pipeline.ts'
import { type Outcome, progress } from './progress.ts'
import { noOption } from './reading.ts'

const options = {
  file: { type: 'positional', required: false, description: 'A .ts or .js module that exports a pipeline' },
  input: {
    type: 'string',
    alias: 'i',
    valueHint: 'JSON, text, @FILE or -',
    description: 'The input; a text goes into the text field of the first function. Default: the sample of the module',
  },
  sample: {
    type: 'string',
    valueHint: 'NAME',
    description: 'An export of the module as the input, instead of --input',
  },
  export: { type: 'string', valueHint: 'NAME', description: 'Which pipeline, if the module exports several' },
  json: { type: 'boolean', description: 'Prints one JSON document: { output, … } or { error }' },
  verbose: { type: 'boolean', description: 'Shows every state and event' },
  inspect: {
    type: 'string',
    valueHint: 'page, stately or classic',
    description: 'Shows the run live: in a page on this machine, or in an inspector of Stately',
  },
  record: { type: 'string', valueHint: 'FILE', description: 'With --inspect: writes the journal of the run there' },
} as const

type Given = {
  file?: string
  input?: string
  sample?: string
  export?: string
  json?: boolean
  verbose?: boolean
  inspect?: string
  record?: string
}

/**
 * `tinyllm run FILE --input …`: runs the pipeline that a module exports. The result goes to standard output, all else
 * to standard error. The exit code is 1 when it failed, 130 after Ctrl-C.
 */
export const runCommand = defineCommand({
  meta: { name: 'run', description: 'Runs a pipeline, and shows its states as they change' },
  args: options,
  run: async ({ args, rawArgs }) => {
    const stop = interruption()
    try {
      checkFlags(rawArgs)
      await execute(args as Given, stop.signal)
    } catch (error) {
      process.exitCode = stop.exitCode ?? 1
      if (args.json) process.stdout.write(`${JSON.stringify({ error: toData(error) })}\n`)
      else process.stderr.write(`\n✖ ${toText(error)}\n`)
    } finally {
      stop.forget()
    }
  },
})

async function execute(given: Given, signal: AbortSignal): Promise<void> {
  const { file, input, sample, export: name, json, verbose, inspect, record } = given
  if (record !== undefined && (inspect === undefined || inspect === 'stately'))
    throw new CliError('--record writes what the inspector sees. Give --inspect beside it (or --inspect classic).')
  if (!file) throw new CliError('Which pipeline? Give the file of a module: tinyllm run machines/credit-analysis.ts')
  const module = await loadModule(file)
  const pipeline = pickPipeline(module, file, name)
  const parts = partsOf(pipeline)
  const value = await readInput(input, sample, parts[0]?.schema, module, (note) => process.stderr.write(`${note}\n`))
  const model = await offlineModel(parts, (note) => process.stderr.write(`${note}\n`))
  const watched = await watchIf(inspect, record)
  try {
    const quiet = Boolean(json) && !verbose
    const shown = progress(pipeline, { quiet, verbose: Boolean(verbose), answered: watched?.answers ?? false })
    const observed = watched && { inspect: watched.inspect }
    for await (const event of pipeline.stream(value, { signal, ...observed })) shown.on(event)
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
  return watch(view, (note) => process.stderr.write(`${note}\n`), record)
}

/** The first Ctrl-C aborts the run, which then ends in order; a second one ends the process. */
function interruption() {
  const controller = new AbortController()
  const state = { signal: controller.signal, exitCode: undefined as number | undefined, forget }
  const onSignal = (name: string) => {
    state.exitCode = name === 'SIGINT' ? 130 : 143
    forget()
    controller.abort(new Error(`The process was told to stop (${name}).`))
  }
  function forget() {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return state
}

function checkFlags(rawArgs: readonly string[]): void {
  const flags = rawArgs.filter(
    (arg, index) => /^--\w/.test(arg) && !/^(-i|--input|--sample|--export)$/.test(rawArgs[index - 1] ?? ''),
  )
  const unknown = flags.find((flag) => !Object.hasOwn(options, flag.slice(2).split('=')[0] as string))
  if (unknown !== undefined) {
    throw noOption(
      unknown,
      Object.keys(options).filter((key) => key !== 'file'),
    )
  }
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
      `The output cannot be printed as JSON: it holds ${(thrown as Error).message}. Run it without --json, or let the pipeline give plain data.`,
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

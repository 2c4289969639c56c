import { readFile } from 'node:fs/promises'
import type { InspectionEvent } from 'xstate'
import { parseJournal } from '../observe/inspector/journal/parse-journal.ts'
import { startInspector } from '../observe/inspector/start.ts'
import { toCause } from '../errors.ts'
import { command } from './command.ts'
import { CliError, errorToText } from './cli-error.ts'
import { parseInteger } from './parse-arguments.ts'

type AttachedInspector = {
  readonly inspect: (event: InspectionEvent) => void
  /** Whether events can be sent from there. */
  readonly answers: boolean
  /** In a terminal it waits for Ctrl-C; elsewhere it ends at once. */
  end(): Promise<void>
}
type WriteNote = (note: string) => void

/** Starts the inspector of that name and prints its URL. */
export async function attachInspector(view: string, say: WriteNote, record?: string): Promise<AttachedInspector> {
  if (view === 'stately') return attachStatelyInspector(say)
  const inspector = await startInspector({
    open: view === 'page' && isInteractive(),
    ...(record !== undefined && { record }),
  }).catch((error: unknown) => {
    if (record === undefined || (error as { syscall?: unknown }).syscall !== 'open') throw error
    throw new CliError(`--record ${record} cannot be written: ${toCause(error).message}. Give the path of a file.`)
  })
  const visualizer = `https://stately.ai/viz?inspect&server=${encodeURIComponent(inspector.classic)}`
  say(
    view === 'page'
      ? `Inspector: ${inspector.url}`
      : `Classic inspector: ${visualizer}\nReceivers connect to: ${inspector.classic}`,
  )
  // A run that waits for a person has nothing else to keep the process alive.
  const alive = setInterval(() => {}, 60_000)
  return {
    inspect: inspector.inspect,
    answers: view === 'page',
    end: async () => {
      if (isInteractive()) await untilInterrupted(say)
      clearInterval(alive)
      await inspector.close()
    },
  }
}

/** The inspector of Stately is a service: the run goes there, so the package that does it is the user's to install. */
async function attachStatelyInspector(say: WriteNote): Promise<AttachedInspector> {
  const name = '@statelyai/inspect'
  const { createSkyInspector } = (await import(name).catch(() => {
    throw new CliError(
      `--inspect stately sends the run to stately.ai, for which it needs ${name}. Install it: npm install ${name}`,
    )
  })) as { createSkyInspector(options: object): { inspect: { next(event: InspectionEvent): void }; stop(): void } }
  say('The run is sent to stately.ai, where you can look at it; the link follows.')
  // Our charts are deep, and what is deeper than ten levels would be left out.
  const inspector = createSkyInspector({ serializationDepthLimit: 64 })
  return {
    inspect: (event) => inspector.inspect.next(event),
    answers: false,
    end: async () => {
      if (isInteractive()) await untilInterrupted(say)
      inspector.stop()
    },
  }
}

const isInteractive = (): boolean => process.stderr.isTTY && !process.env.CI

const untilInterrupted = (say: WriteNote): Promise<void> =>
  new Promise((resolve) => {
    // The inspector itself keeps no process alive.
    const alive = setInterval(() => {}, 60_000)
    const end = () => {
      clearInterval(alive)
      resolve()
    }
    process.once('SIGINT', end).once('SIGTERM', end)
    say('The inspector stays open. Press Ctrl-C to end it.')
  })

/** `tinyllm inspect FILE.jsonl`: looks at runs that were recorded before, or exported from the page. */
export const inspectCommand = command({
  name: 'inspect',
  description: 'Opens a recorded run in the inspector',
  options: {
    file: { type: 'positional', description: 'A journal (.jsonl), or a run exported as .html' },
    port: { type: 'string', valueHint: 'PORT', description: 'The first port to try; 4280 by default, 0 is any' },
  },
  execute: async ({ file, port }) => {
    if (!file) throw new CliError('No journal was given. Give its file: tinyllm inspect run.jsonl')
    const first = port === undefined ? {} : { port: parseInteger('port', port, 0, 65_535, 'port') }
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new CliError(`${file} cannot be read: ${toCause(error).message}. Give the file of a journal.`)
    })
    const journal = parseJournal(text)
    const inspector = await startInspector({ journal, open: isInteractive(), ...first })
    process.stdout.write(`${inspector.url}\n`)
    await untilInterrupted(writeNote)
    await inspector.close()
  },
  fail: (error) => writeNote(`\n✖ ${errorToText(error)}`),
})

function writeNote(note: string): void {
  process.stderr.write(`${note}\n`)
}

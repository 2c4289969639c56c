#!/usr/bin/env node
import { readFileSync } from 'node:fs'

// citty colours its help also where nobody sees colours, unless this is set before it is loaded.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1'
const { defineCommand, runMain } = await import('citty')
const { withView } = await import('./view.ts')

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const tinyllm = defineCommand({
  meta: { name: 'tinyllm', version, description: 'LLM pipelines as statecharts' },
  subCommands: {
    run: async () => (await import('./run.ts')).runCommand,
    inspect: async () => (await import('./inspect.ts')).inspectCommand,
  },
})

// A reader that has seen enough (`| head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

await runMain(tinyllm, { rawArgs: withView(process.argv.slice(2)) })

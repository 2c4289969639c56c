#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { closestName } from '../border/options.ts'
import type { Command } from './command.ts'
import { CliError, errorToText } from './cli-error.ts'

// citty colours its help without a terminal, too, unless this is set before it is loaded.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1'

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).runCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  paths: async () => (await import('./paths.ts')).pathsCommand,
  graph: async () => (await import('./graph.ts')).graphCommand,
  diff: async () => (await import('./diff.ts')).diffCommand,
  inspect: async () => (await import('./inspect.ts')).inspectCommand,
}
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

// A reader that has seen enough (`| head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = 1
  process.stderr.write(`✖ ${errorToText(error)}\n`)
}

async function main(words: readonly string[]): Promise<void> {
  const [first, ...rest] = words
  if (first === '--version' || first === '-v') return printVersion(first, rest)
  if (first === 'help') return help(rest)
  if (words.some((word) => word === '--help' || word === '-h'))
    return help(words.filter((word) => !word.startsWith('-')).slice(0, 1))
  if (first === undefined) {
    await help([])
    throw new CliError('No command was given.')
  }
  await (await commandOf(first)).run(rest)
}

async function commandOf(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load) return load()
  const known = Object.keys(commands)
  if (name.startsWith('-'))
    throw new CliError(`The option ${name} stands before a command. Give the command first: tinyllm run FILE ${name}.`)
  const near = closestName(name, known)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  throw new CliError(`Unknown command ${name || "''"}.${hint} The commands are ${[...known, 'help'].join(', ')}.`)
}

function printVersion(flag: string, rest: readonly string[]): void {
  if (rest.length > 0) throw new CliError(`${flag} takes no arguments, but ${rest[0]} was given.`)
  process.stdout.write(`${version}\n`)
}

/** The help of one command, or of all. */
async function help([name, extra]: readonly string[]): Promise<void> {
  if (extra !== undefined) throw new CliError(`Unexpected argument ${extra}: help takes one command.`)
  const { showUsage } = await import('citty')
  const all = { meta: { name: 'tinyllm', version, description: 'LLM pipelines as statecharts' } }
  if (name === undefined) {
    const subCommands = Object.fromEntries(
      Object.entries(commands).map(([key, load]) => [key, async () => toUsage(await load())]),
    )
    return showUsage({ ...all, subCommands })
  }
  return showUsage(toUsage(await commandOf(name)), all)
}

/** A command as citty shows it. */
function toUsage({ name, description, options }: Command) {
  return { meta: { name, description }, args: options as Record<string, { type: 'string' }> }
}

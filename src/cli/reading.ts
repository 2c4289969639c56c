import { type ArgsDef, type CommandDef, defineCommand } from 'citty'
import { colorize } from 'consola/utils'
import { nearest } from '../border/options.ts'
import { CliError, toData, toText } from './failure.ts'

export type Given = { readonly [name: string]: unknown; readonly _: readonly string[] }
type Reading = { name: string; description: string; args: ArgsDef; run(given: Given): Promise<Printed> }
/** What a command says on standard output, and whether all is well. */
export type Printed = { readonly text: string; readonly ok?: boolean }

export const exportOption = {
  export: { type: 'string', valueHint: 'NAME', description: 'Which pipeline, if the module exports several' },
} as const
export const jsonOption = { json: { type: 'boolean', description: 'Prints JSON' } } as const
export const fileOption = {
  file: { type: 'positional', required: false, description: 'A .ts or .js module that exports a pipeline' },
} as const

/** A command that looks at a pipeline and runs nothing. The exit code is 1 when something is found, or goes wrong. */
export function reading({ name, description, args, run }: Reading): CommandDef {
  return defineCommand({
    meta: { name, description },
    args,
    run: async ({ args: given, rawArgs }) => {
      try {
        checkOptions(rawArgs, args)
        const { text, ok = true } = await run(given as Given)
        process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
        if (!ok) process.exitCode = 1
      } catch (error) {
        process.exitCode = 1
        if ((given as Given).json === true) process.stdout.write(`${JSON.stringify({ error: toData(error) })}\n`)
        else process.stderr.write(`✖ ${toText(error)}\n`)
      }
    },
  }) as CommandDef
}

/** A misspelt option would silently be none. */
export function checkOptions(rawArgs: readonly string[], args: ArgsDef): void {
  const known = Object.entries(args).flatMap(([name, { type }]) => (type === 'positional' ? [] : [name]))
  const unknown = rawArgs.find((arg) => /^--\w/.test(arg) && !known.includes(arg.slice(2).split('=')[0] as string))
  if (unknown === undefined) return
  throw noOption(unknown, known)
}

export function noOption(given: string, known: readonly string[]): CliError {
  const near = nearest(given.slice(2).split('=')[0] as string, known)
  const hint = near === undefined ? '' : ` Did you mean --${near}?`
  return new CliError(
    `There is no option ${given}.${hint} The options are ${known.map((name) => `--${name}`).join(', ')}.`,
  )
}

export function fileOf(given: Given, command: string): string {
  if (typeof given.file === 'string' && given.file !== '') return given.file
  throw new CliError(`Which pipeline? Give the file of a module: tinyllm ${command} machines/credit-analysis.ts`)
}

export const nameIn = (given: Given): string | undefined =>
  typeof given.export === 'string' ? given.export : undefined

type Color = Parameters<typeof colorize>[0]
export const paint = (color: Color, text: string): string => (process.stdout.isTTY ? colorize(color, text) : text)

import { colorize } from 'consola/utils'
import { type Command, command } from './command.ts'
import { CliError, errorToJson, errorToText } from './cli-error.ts'
import type { ParsedArguments, OptionDefinitions } from './parse-arguments.ts'

type AnalysisCommand<O extends OptionDefinitions> = {
  readonly name: string
  readonly description: string
  readonly options: O
  run(given: ParsedArguments<O>): Promise<Printed>
}
/** What a command says on standard output, and whether all is well. */
export type Printed = { readonly text: string; readonly ok?: boolean }

export const exportOption = {
  export: {
    type: 'string',
    valueHint: 'NAME',
    description: 'Which pipeline, where the module exports several and none as default',
  },
} as const
export const jsonOption = { json: { type: 'boolean', description: 'Prints JSON' } } as const
export const fileOption = {
  file: { type: 'positional', description: 'A .ts or .js module that exports a pipeline' },
} as const

/** A command that looks at a pipeline and runs nothing. The exit code is 1 when something is found, or goes wrong. */
export function analysisCommand<const O extends OptionDefinitions>({ run, ...about }: AnalysisCommand<O>): Command {
  return command({
    ...about,
    execute: async (given) => {
      const { text, ok = true } = await run(given)
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
      if (!ok) process.exitCode = 1
    },
    fail: (error, isJson) => {
      if (isJson) process.stdout.write(`${JSON.stringify({ error: errorToJson(error) })}\n`)
      else process.stderr.write(`✖ ${errorToText(error)}\n`)
    },
  })
}

export function requireFile(file: string | undefined, name: string): string {
  if (file) return file
  throw new CliError(`No file was given. Give the file of a module: tinyllm ${name} FILE`)
}

type Color = Parameters<typeof colorize>[0]
export const colorOutput = (color: Color, text: string): string => (process.stdout.isTTY ? colorize(color, text) : text)

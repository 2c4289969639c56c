import { type ParsedArguments, type OptionDefinitions, parseArguments } from './parse-arguments.ts'

/** A command of `tinyllm`. `run` takes the words after its name; it reports its failures itself. */
export type Command = {
  readonly name: string
  readonly description: string
  readonly options: OptionDefinitions
  run(words: readonly string[]): Promise<void>
}

type Definition<O extends OptionDefinitions> = {
  readonly name: string
  readonly description: string
  readonly options: O
  execute(given: ParsedArguments<O>): Promise<void>
  /** Says what went wrong, the misuse of the command too. */
  fail(error: unknown, isJson: boolean): void
}

export function command<const O extends OptionDefinitions>({ execute, fail, ...about }: Definition<O>): Command {
  return {
    ...about,
    run: async (words) => {
      try {
        await execute(parseArguments(about.name, words, about.options))
      } catch (error) {
        process.exitCode ??= 1
        // What cannot be read may have asked for JSON all the same.
        fail(error, 'json' in about.options && words.includes('--json'))
      }
    },
  }
}

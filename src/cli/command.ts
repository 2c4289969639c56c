import { type Given, type Options, readWords } from './words.ts'

/** A command of `tinyllm`. `run` takes the words after its name; it reports its failures itself. */
export type Command = {
  readonly name: string
  readonly description: string
  readonly options: Options
  run(words: readonly string[]): Promise<void>
}

type Definition<O extends Options> = {
  readonly name: string
  readonly description: string
  readonly options: O
  execute(given: Given<O>): Promise<void>
  /** Says what went wrong, the misuse of the command too. */
  fail(error: unknown, isJson: boolean): void
}

export function command<const O extends Options>({ execute, fail, ...about }: Definition<O>): Command {
  return {
    ...about,
    run: async (words) => {
      try {
        await execute(readWords(about.name, words, about.options))
      } catch (error) {
        process.exitCode ??= 1
        // What cannot be read may have asked for JSON all the same.
        fail(error, 'json' in about.options && words.includes('--json'))
      }
    },
  }
}

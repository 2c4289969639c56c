import { closestName } from '../border/options.ts'
import { CliError } from './cli-error.ts'

/** A word or an option of a command, as citty shows it in the help. */
type OptionDefinition = {
  readonly type: 'positional' | 'string' | 'boolean'
  readonly alias?: string
  readonly valueHint?: string
  readonly description: string
  readonly required?: false
  /** The only values that it takes. */
  readonly choices?: readonly string[]
  /** What it means without a value; without this, a value must follow. */
  readonly bare?: string
  readonly mayBeEmpty?: true
}
export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>
/** What was given: a text, or true; nothing else has a key. */
export type ParsedArguments<O extends OptionDefinitions> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'boolean' ? true : string
}

/**
 * Parses the arguments after a command. Throws a `CliError` for an option that is unknown or given twice, for a missing or
 * unexpected value, and for an unexpected argument.
 */
export function parseArguments<const O extends OptionDefinitions>(
  command: string,
  words: readonly string[],
  options: O,
): ParsedArguments<O> {
  const given: Record<string, string | true> = {}
  const places = Object.keys(options).filter((name) => options[name]?.type === 'positional')
  const named = new Map(Object.entries(options).filter(([, { type }]) => type !== 'positional'))
  const rest = [...words]
  let previous: string | undefined

  const place = (word: string) => {
    const next = places.find((name) => given[name] === undefined)
    const { choices = [] } = options[previous ?? ''] ?? {}
    // What follows an option that may stand alone was meant for it, unless it can be a file.
    const isMeant = previous !== undefined && choices.length > 0 && (next === undefined || !word.includes('.'))
    if (isMeant) throw invalidChoice(previous as string, word, choices)
    if (next === undefined) throw unexpectedArgument(command, word, places, [...named.keys()])
    given[next] = word
  }

  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      for (const each of rest.splice(0)) place(each)
    } else if (!/^-./.test(word)) {
      place(word)
      previous = undefined
    } else {
      const [, dashes = '', called = '', , value] = /^(--?)([^=]*)(=(.*))?$/s.exec(word) ?? []
      const name = dashes === '-' ? [...named].find(([, { alias }]) => alias === called)?.[0] : called
      const option = name === undefined ? undefined : named.get(name)
      if (name === undefined || !option) throw noSuchOption(word.split('=')[0] as string, [...named.keys()])
      if (given[name] !== undefined) throw new CliError(`--${name} was given twice. Give it once.`)
      given[name] =
        option.type === 'boolean' ? checkFlag(name, value) : (value ?? optionValue(name, option, rest, named))
      const { choices, mayBeEmpty } = option
      if (given[name] === '' && !mayBeEmpty) throw missingValue(name, option)
      if (choices && !choices.includes(given[name] as string)) throw invalidChoice(name, given[name] as string, choices)
      previous = value === undefined && option.bare === given[name] ? name : undefined
    }
  }
  return given as ParsedArguments<O>
}

function checkFlag(name: string, value: string | undefined): true {
  if (value === undefined) return true
  throw new CliError(
    `--${name} does not take a value, but ${value === '' ? 'an empty one' : value} was given. Give --${name}, or leave it out.`,
  )
}

/** The word after an option, unless that is an option itself; a number below zero is none. */
function optionValue(
  name: string,
  option: OptionDefinition,
  rest: string[],
  named: ReadonlyMap<string, OptionDefinition>,
): string {
  const [next] = rest
  const isOption =
    next === undefined || next.startsWith('--') || [...named.values()].some(({ alias }) => next === `-${alias}`)
  const { bare, choices } = option
  if (bare !== undefined) return next !== undefined && choices?.includes(next) ? (rest.shift() as string) : bare
  if (!isOption) return rest.shift() as string
  throw missingValue(name, option, next)
}

function missingValue(name: string, { choices, valueHint = 'VALUE' }: OptionDefinition, next?: string): CliError {
  const wanted = choices ? `one of ${choices.join(', ')}` : valueHint
  const beside = next === undefined ? '' : ` A value that begins with two dashes is given as --${name}=${next}.`
  return new CliError(`--${name} needs a value: ${wanted}.${beside}`)
}

function invalidChoice(name: string, value: string, choices: readonly string[]): CliError {
  const what = value === '' ? 'an empty value' : value
  return new CliError(`--${name} does not take ${what}. Give one of ${choices.join(', ')}: --${name} ${choices[0]}.`)
}

function noSuchOption(given: string, known: readonly string[]): CliError {
  const near = closestName(given.replace(/^-+/, ''), known)
  const hint = near === undefined ? '' : ` Did you mean --${near}?`
  return new CliError(`Unknown option ${given}.${hint} The options are ${known.map((name) => `--${name}`).join(', ')}.`)
}

function unexpectedArgument(
  command: string,
  word: string,
  places: readonly string[],
  known: readonly string[],
): CliError {
  const takes = places.map((name) => `<${name.toUpperCase()}>`).join(' ')
  const hint =
    known.includes('input') && !word.startsWith('-') ? ` An input goes after --input: --input '${word}'.` : ''
  return new CliError(`Unexpected argument ${word}: the command is tinyllm ${command} ${takes}.${hint}`)
}

/** Parses a whole number; throws a `CliError` with the range if it is not one, or out of it. */
export function parseInteger(name: string, text: string, from: number, to: number, what: string): number {
  const number = /^-?\d+$/.test(text.trim()) ? Number(text) : NaN
  if (number >= from && number <= to && Number.isSafeInteger(number)) return number
  const upTo = to === Infinity ? 'up' : `to ${to}`
  throw new CliError(
    `--${name} ${text === '' ? "''" : text} is not a ${what}. Give a whole number from ${from} ${upTo}.`,
  )
}

import { readFileSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { toCause } from '../errors.ts'
import { type JsonSchema, jsonSchemaOf } from '../models/schema/json-schema.ts'
import type { StandardSchema } from '../types.ts'
import { CliError } from './cli-error.ts'
import type { ModuleExports } from './load.ts'
import { isFn } from './pipeline.ts'

type WriteNote = (text: string) => void

/** The input of a run: what `--input` says, or a sample of the module, which is the export `sample` or another one. */
export async function readInput(
  given: string | undefined,
  name: string | undefined,
  schema: StandardSchema | undefined,
  module: ModuleExports,
  note: WriteNote,
): Promise<unknown> {
  if (name !== undefined && given !== undefined) {
    throw new CliError('Both --input and --sample were given. Give one of them: each says what the input is.')
  }
  if (given !== undefined) return parseInput(await readSource(given), schema && jsonSchemaOf(schema))
  if (name !== undefined && !samplesOf(module).includes(name)) {
    throw new CliError(
      `The module exports no sample ${name}. Its exports that are not functions: ${samplesOf(module).join(', ') || 'none'}.`,
    )
  }
  if (name === undefined && !('sample' in module)) {
    throw new CliError(
      `There is no input. Give one: --input 'a text', --input '{"a":"JSON"}', --input @FILE, or --input - for standard input; or export a sample from the module.`,
    )
  }
  note(
    name === undefined
      ? 'No --input was given: using the sample that the module exports.'
      : `The input is ${name}, which the module exports.`,
  )
  return module[name ?? 'sample']
}

/** A function is no data, and so no input. */
const samplesOf = (module: ModuleExports): string[] =>
  Object.keys(module).filter((key) => !isFn(module[key]) && typeof module[key] !== 'function')

async function readSource(given: string): Promise<string> {
  if (given === '-') return withoutFinalNewline(await readAll(process.stdin))
  if (!given.startsWith('@')) return given
  try {
    return withoutFinalNewline(readFileSync(given.slice(1), 'utf8'))
  } catch (error) {
    throw new CliError(
      `The input could not be read: ${toCause(error).message}. After @ comes the path of a file; a text that begins with @ can be given as JSON: --input '"@…"'.`,
    )
  }
}

/** An editor ends a file with a line break, which is no part of the text. */
const withoutFinalNewline = (text: string): string => text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '')

/**
 * What a person typed, as the pipeline takes it: JSON if it is JSON, else a text. A text, also one that looks like a
 * number, goes into the one text field of an object.
 */
export function parseInput(text: string, schema: JsonSchema | undefined): unknown {
  const value = parse(text)
  if (schema?.type === 'string') return typeof value === 'string' ? value : text
  if (typeof value === 'object' && value !== null) return value
  const field = schema && textField(schema)
  if (field !== undefined) return { [field]: typeof value === 'string' ? value : text }
  return value === undefined ? text : value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const inner = text.trim()
    const isMeant = inner.startsWith('{') || (inner.startsWith('[') && inner.endsWith(']'))
    if (!isMeant) return undefined
    throw new CliError(
      `The input ${inner.length > 60 ? `${inner.slice(0, 60)}…` : inner} is not valid JSON: ${toCause(error).message}. Fix it; to give a text that begins with a brace or bracket, write it as a JSON string: --input '"{…"'.`,
    )
  }
}

/** The field of an object that a text is meant for: its only required text, or its only one. */
function textField({ properties, required = [] }: JsonSchema): string | undefined {
  const texts = Object.entries((properties ?? {}) as Record<string, JsonSchema>)
    .filter(([, { type }]) => type === 'string')
    .map(([key]) => key)
  const needed = texts.filter((key) => (required as string[]).includes(key))
  return [needed, texts].find(({ length }) => length === 1)?.[0]
}

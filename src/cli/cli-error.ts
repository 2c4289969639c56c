import { inspect } from 'node:util'
import { toCause } from '../errors.ts'
import { attempt } from '../border/shape.ts'

/** A mistake in how the command was used: the message says what, and what to do instead. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** An error as data, for `--json`. */
export function errorToJson(error: unknown): object {
  return attempt(() => (error as { toJSON(): object }).toJSON()) ?? toCause(error)
}

/** An error for a person: its message, and the stack only if `DEBUG` is set. */
export const errorToText = (error: unknown): string => (process.env.DEBUG ? inspect(error) : toCause(error).message)

import { attempt, isPlainObject } from '../../../border/shape.ts'
import { write } from '../../../models/writing.ts'

/** What one entry of `tool_calls` says; a whole call is a piece as well. */
export type Piece = {
  at: number | undefined
  id: string
  name: string
  text: string
  isCustom: boolean
  /** What the provider keeps on the call beside. */
  extras: object
}

/** The pieces of calls in what stands for `tool_calls` or `function_call`. */
export const piecesIn = (given: unknown): Piece[] => listOf(given).map(pieceOf)

/** As it is, or as a list of one, or with its places for keys. */
function listOf(given: unknown): object[] {
  const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null
  if (Array.isArray(given)) return given.filter(isObject)
  // Some servers have written it as JSON already.
  if (typeof given === 'string') return listOf(attempt(() => Object(JSON.parse(given)) as object))
  if (!isPlainObject(given)) return []
  return given.function || given.custom || given.name || given.arguments
    ? [given]
    : Object.values(given).filter(isObject)
}

function pieceOf(given: object): Piece {
  const { index, id, type: _, function: called, custom, ...extras } = given as Readonly<Record<string, unknown>>
  const isFlat = !called && !custom
  const { name, arguments: args, input } = Object(called ?? custom ?? given) as Record<string, unknown>
  const { name: _name, arguments: _args, input: _input, ...others } = extras
  return {
    at: /^\d+$/.test(String(index)) ? Number(index) : undefined,
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : '',
    name: typeof name === 'string' ? name : '',
    text: argumentsText(args ?? input),
    isCustom: custom !== undefined && custom !== null,
    extras: isFlat ? others : extras,
  }
}

const argumentsText = (given: unknown): string =>
  given === undefined || given === null ? '' : typeof given === 'string' ? given : write(given)

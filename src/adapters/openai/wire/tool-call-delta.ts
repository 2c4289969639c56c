import { attempt, isPlainObject } from '../../../border/shape.ts'
import { stringify } from '../../../models/stringify.ts'

/** One entry of `tool_calls`; a complete call is a delta as well. */
export type ToolCallDelta = {
  index: number | undefined
  id: string
  name: string
  arguments: string
  isCustom: boolean
  /** Other keys of the provider on the call. */
  extras: object
}

/** The deltas in the value of `tool_calls` or `function_call`. */
export const toolCallDeltas = (given: unknown): ToolCallDelta[] => toDeltaList(given).map(toDelta)

/** An array, a single call, or an object with indexes as keys. */
function toDeltaList(given: unknown): object[] {
  const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null
  if (Array.isArray(given)) return given.filter(isObject)
  // Some servers send it as JSON text.
  if (typeof given === 'string') return toDeltaList(attempt(() => Object(JSON.parse(given)) as object))
  if (!isPlainObject(given)) return []
  return given.function || given.custom || given.name || given.arguments
    ? [given]
    : Object.values(given).filter(isObject)
}

function toDelta(given: object): ToolCallDelta {
  const { index, id, type: _, function: called, custom, ...extras } = given as Readonly<Record<string, unknown>>
  const isFlat = !called && !custom
  const { name, arguments: args, input } = Object(called ?? custom ?? given) as Record<string, unknown>
  const { name: _name, arguments: _args, input: _input, ...others } = extras
  return {
    index: /^\d+$/.test(String(index)) ? Number(index) : undefined,
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : '',
    name: typeof name === 'string' ? name : '',
    arguments: argumentsText(args ?? input),
    isCustom: custom !== undefined && custom !== null,
    extras: isFlat ? others : extras,
  }
}

const argumentsText = (given: unknown): string =>
  given === undefined || given === null ? '' : typeof given === 'string' ? given : stringify(given)

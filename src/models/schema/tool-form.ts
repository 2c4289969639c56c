import type { StandardSchema } from '../../types.ts'
import { isPlainObject } from '../../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'
import { spokenSchema } from './spoken-schema.ts'
import { unwrapped, wrappedIn } from './wrapping.ts'

/** A schema as the arguments of a tool: a model gives an object always; what is none comes in the one field of one. */
export type ToolForm = {
  readonly parameters: JsonSchema
  /** What the arguments that a model wrote mean to the schema. */
  readonly inputOf: (given: unknown) => unknown
}

/** How a model is told of a tool's arguments; throws a `TypeError` where it could not be, or in vain. */
export function toolForm(tool: string, input: StandardSchema, ways?: string): ToolForm {
  return formOf(spokenSchema(`${tool}: the schema of its input`, input, ways))
}

/** The same for what is a JSON Schema already. */
export function formOf(schema: JsonSchema): ToolForm {
  if (schema.type === 'object') return { parameters: schema, inputOf: (given) => given }
  return { parameters: wrappedIn('input', schema), inputOf }
}

function inputOf(given: unknown): unknown {
  const wrapped = unwrapped('input', given)
  if (wrapped) return wrapped.inner
  // A tool that needs nothing is often called with nothing.
  return isPlainObject(given) && Object.keys(given).length === 0 ? undefined : given
}

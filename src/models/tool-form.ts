import type { StandardSchema } from '../types.ts'
import { isPlainObject } from '../border/shape.ts'
import type { JsonSchema } from './json-schema.ts'
import type { Lost } from './meetable.ts'
import { noJsonSchema, spokenSchema } from './spoken-schema.ts'
import { unwrapped, wrappedIn } from './wrapping.ts'

/** A schema as the arguments of a tool: a model gives an object always; what is none comes in the one field of one. */
export type ToolForm = {
  readonly parameters: JsonSchema
  /** What the arguments that a model wrote mean to the schema. */
  readonly inputOf: (given: unknown) => unknown
  /** Lists and records that can only be empty. */
  readonly doubts: readonly Lost[]
}

/** How a model is told of a tool's arguments; throws a `TypeError` where it could not be, or in vain. */
export function toolForm(tool: string, input: StandardSchema, ways?: string): ToolForm {
  const spoken = spokenSchema(`${tool}: the schema of its input`, input)
  if (!spoken) throw noJsonSchema(`${tool}: the schema of its input`, ways)
  return formOf(spoken.schema, spoken.doubts)
}

/** The same for what is a JSON Schema already. */
export function formOf(schema: JsonSchema, doubts: readonly Lost[] = []): ToolForm {
  if (schema.type === 'object') return { parameters: schema, inputOf: (given) => given, doubts }
  return { parameters: wrappedIn('input', schema), inputOf, doubts }
}

function inputOf(given: unknown): unknown {
  const wrapped = unwrapped('input', given)
  if (wrapped) return wrapped.inner
  // A tool that needs nothing is often called with nothing.
  return isPlainObject(given) && Object.keys(given).length === 0 ? undefined : given
}

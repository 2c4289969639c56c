import type { StandardSchema } from '../../types.ts'
import type { ValueConstraints } from './constraints.ts'
import { boundaryValues } from './boundary-values.ts'
import { choiceValue, UNEXPECTED_CHOICE } from '../../analysis/schema/choice-value.ts'
import { tryValidate } from '../../analysis/schema/validate.ts'
import { exampleOf } from '../../analysis/schema/example.ts'
import { findValid } from '../../analysis/schema/find-value.ts'
import { jsonSchemaOf } from '../../models/schema/json-schema.ts'
import { unknownValue } from '../../analysis/schema/unknown-value.ts'

/** Values, at least one, that satisfy the constraints: one for each choice and each equivalence class of a partition. */
export function sampleValues(constraints: ValueConstraints, own?: StandardSchema): unknown[] {
  const schema = inSequence([...(own ? [own] : []), ...constraints.schemas])
  const isValid = (value: unknown) => !schema || 'value' in tryValidate(schema, value)
  const base = baseOf(constraints, own, schema)
  if (constraints.choices.length > 0) {
    const values = [...constraints.choices, UNEXPECTED_CHOICE].flatMap((choice) => choiceValue(choice, base, own) ?? [])
    if (values.length > 0) return values
  }
  const byClass = constraints.partitions.flatMap((partition) => boundaryValues(partition, [base], isValid))
  return byClass.length > 0 ? [...new Set(byClass)] : [base]
}

function baseOf(
  { placeholders, schemas }: ValueConstraints,
  own: StandardSchema | undefined,
  schema: StandardSchema | undefined,
) {
  if (!schema)
    return placeholders.length > 0 ? Object.fromEntries(placeholders.map((name) => [name, 'text'])) : unknownValue()
  const examples = [...(own ? [own] : []), ...schemas].map((each) => exampleOf(jsonSchemaOf(each) ?? {}))
  const records = examples.filter((example) => typeof example === 'object' && example !== null)
  const guess = records.length === examples.length ? Object.assign({}, ...records) : examples[0]
  const found = findValid(schema, Array.isArray(examples[0]) ? examples[0] : guess)
  // Where no value satisfies all schemas, it satisfies that of the function itself.
  return (found ?? (own && findValid(own)) ?? { value: guess }).value
}

/** A schema that passes a value through several, one after the other. */
function inSequence(schemas: readonly StandardSchema[]): StandardSchema | undefined {
  const [first, ...rest] = schemas
  if (!first || rest.length === 0) return first
  const validateAll = (value: unknown) => {
    for (const schema of schemas) {
      const result = tryValidate(schema, value)
      if ('issue' in result) return { issues: [{ message: result.issue, path: result.path }] }
      value = result.value
    }
    return { value }
  }
  return { '~standard': { version: 1, vendor: 'tinyllm', validate: validateAll } }
}

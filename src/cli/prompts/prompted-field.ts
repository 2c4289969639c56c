import { type FormField, formFieldOf, type FormVariant, mergedSchema } from '../../border/schema/form-fields.ts'
import type { JsonSchema } from '../../types.ts'

/** A merged schema with the field that is filled in for it; `null` may be one of its values beside those of the field. */
export type PromptedField = { readonly schema: JsonSchema; readonly field: FormField; readonly mayBeNull: boolean }

/**
 * What to fill in, in a terminal, for a value of this schema; `root` is the document that its references point into. Values
 * of unions are typed as JSON, but for those of objects.
 */
export function promptedFieldOf(given: JsonSchema, root: JsonSchema): PromptedField {
  const schema = mergedSchema(given, root)
  const field = formFieldOf(schema, root)
  if (field.kind === 'choice' && field.values.length > 1) {
    const values = field.values.filter((value) => value !== null)
    return { schema, field: { kind: 'choice', values }, mayBeNull: values.length < field.values.length }
  }
  if (field.kind !== 'union') return { schema, field, mayBeNull: false }
  const kindOfVariant = (variant: FormVariant): string => formFieldOf(variant.schema, root).kind
  const variants = field.variants.filter(({ schema: { type, const: value } }) => type !== 'null' && value !== null)
  const mayBeNull = variants.length < field.variants.length
  const [only] = variants
  if (only && variants.length === 1) {
    const inner = promptedFieldOf(only.schema, root)
    return { ...inner, schema: { ...inner.schema, ...annotationsOf(schema) }, mayBeNull: true }
  }
  const isOfObjects = variants.every((variant) => kindOfVariant(variant) === 'object')
  return { schema, field: isOfObjects ? { kind: 'union', variants } : { kind: 'json', isAny: false }, mayBeNull }
}

/** What stands beside the alternatives of a schema, and not in each of them. */
const annotationsOf = ({ description, default: value }: JsonSchema): JsonSchema => ({
  ...(description !== undefined && { description }),
  ...(value !== undefined && { default: value }),
})

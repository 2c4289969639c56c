import { resolvePointer } from '../json-pointer.ts'
import { isPlainObject } from '../shape.ts'
import type { JsonSchema } from '../../types.ts'

/** What a person fills in for a value of a JSON Schema: in the terminal, or in a form of the inspector's page. */
export type FormField =
  | { readonly kind: 'text' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly isInteger: boolean }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] }
  | { readonly kind: 'object'; readonly properties: readonly FormProperty[] }
  | { readonly kind: 'list'; readonly items: JsonSchema }
  | { readonly kind: 'union'; readonly variants: readonly FormVariant[] }
  /** Written as JSON; `isAny`: what is not JSON is a text. */
  | { readonly kind: 'json'; readonly isAny: boolean }
export type FormProperty = { readonly name: string; readonly schema: JsonSchema; readonly required: boolean }
/** One alternative of a union; its schema is merged. */
export type FormVariant = { readonly label: string; readonly schema: JsonSchema }

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const schemasOf = (value: unknown): readonly JsonSchema[] => listIn(value).filter((each) => isPlainObject(each))

/**
 * The same schema without a `$ref` at its top, and with the parts of its `allOf` in it. `root` is the document that
 * references point into. Parts of different types are left out: no value is of both.
 */
export function mergedSchema(schema: JsonSchema, root: JsonSchema, seen: readonly string[] = []): JsonSchema {
  const { $ref, allOf, ...own } = schema
  if (typeof $ref === 'string') {
    const referred = seen.includes($ref) ? undefined : resolvePointer($ref, root)
    return referred ? { ...mergedSchema(referred, root, [...seen, $ref]), ...own } : own
  }
  return schemasOf(allOf).reduce<JsonSchema>((sum, part) => bothOf(sum, mergedSchema(part, root, seen)), own)
}

function bothOf(one: JsonSchema, other: JsonSchema): JsonSchema {
  if (one.type !== undefined && other.type !== undefined && one.type !== other.type) return {}
  const properties: JsonSchema = { ...Object(one.properties), ...Object(other.properties) }
  const required = [...listIn(one.required), ...listIn(other.required)]
  return {
    ...one,
    ...other,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

/**
 * What to fill in for a schema that is merged.
 *
 * @example
 * formFieldOf({ type: ['integer', 'null'] }, {}) // a union of a number and the constant null
 */
export function formFieldOf(schema: JsonSchema, root: JsonSchema): FormField {
  if (schema.const !== undefined) return { kind: 'constant', value: schema.const }
  if (Array.isArray(schema.enum)) return { kind: 'choice', values: schema.enum as unknown[] }
  const variants = variantsOf(schema, root)
  if (variants) return unionOf(variants, root)
  switch (schema.type) {
    case 'string':
      return { kind: 'text' }
    case 'number':
    case 'integer':
      return { kind: 'number', isInteger: schema.type === 'integer' }
    case 'boolean':
      return { kind: 'boolean' }
    case 'null':
      return { kind: 'constant', value: null }
    case 'array': {
      const { items, prefixItems } = schema
      return isPlainObject(items) && !prefixItems ? { kind: 'list', items } : { kind: 'json', isAny: false }
    }
    default: {
      const { properties } = schema
      if (!isPlainObject(properties)) return { kind: 'json', isAny: schema.type === undefined }
      const isRecord = Object.keys(properties).length === 0 && isPlainObject(schema.additionalProperties)
      return isRecord ? { kind: 'json', isAny: false } : { kind: 'object', properties: propertiesIn(schema) }
    }
  }
}

/** The alternatives of a schema, each with what all of them share. */
function variantsOf(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] | undefined {
  const { anyOf, oneOf, type, ...shared } = schema
  if (Array.isArray(type)) return type.map((one) => ({ ...shared, type: one as unknown }))
  const given = schemasOf(anyOf ?? oneOf)
  if (given.length === 0) return undefined
  const { description: _, title: __, default: ___, ...rest } = shared
  return given.map((variant) => bothOf(type === undefined ? rest : { ...rest, type }, mergedSchema(variant, root)))
}

/** Alternatives that are only constants are one choice. */
function unionOf(variants: readonly JsonSchema[], root: JsonSchema): FormField {
  const [only] = variants
  if (only && variants.length === 1) return formFieldOf(only, root)
  const fields = variants.map((variant) => formFieldOf(variant, root))
  const values = fields.flatMap((field) =>
    field.kind === 'constant' ? [field.value] : field.kind === 'choice' ? field.values : [],
  )
  if (fields.every(({ kind }) => kind === 'constant' || kind === 'choice')) return { kind: 'choice', values }
  return { kind: 'union', variants: variants.map((schema) => ({ label: variantLabel(schema, root), schema })) }
}

const propertiesIn = ({ properties, required }: JsonSchema): FormProperty[] =>
  Object.entries(properties as JsonSchema).map(([name, schema]) => ({
    name,
    schema: isPlainObject(schema) ? schema : {},
    required: listIn(required).includes(name),
  }))

/** A title; else the constants that tell an object apart, or its keys; else the description or the kind. */
function variantLabel(schema: JsonSchema, root: JsonSchema): string {
  const { title, description } = schema
  if (typeof title === 'string') return title
  const field = formFieldOf(schema, root)
  if (field.kind === 'constant') return valueLabel(field.value)
  if (field.kind === 'choice') return field.values.map(valueLabel).join(', ')
  if (field.kind === 'object') {
    const constants = field.properties.flatMap((property) => {
      const own = formFieldOf(mergedSchema(property.schema, root), root)
      return own.kind === 'constant' ? [valueLabel(own.value)] : []
    })
    return constants.join(', ') || field.properties.map(({ name }) => name).join(', ') || 'empty'
  }
  return typeof description === 'string' ? description : field.kind === 'json' ? 'JSON' : field.kind
}

/** How a value of a choice is written; no text is the same as `null`. */
export const valueLabel = (value: unknown): string =>
  value === null ? 'none (null)' : typeof value === 'string' ? value : JSON.stringify(value)

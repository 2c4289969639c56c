import { isPlainObject } from '../../border/shape.ts'
import { resolveRef } from '../../models/schema/references.ts'
import type { JsonSchema } from '../../types.ts'

/** How a value is asked for. */
export type Form =
  | { readonly kind: 'text' | 'boolean' | 'json' }
  | { readonly kind: 'number'; readonly isWhole: boolean }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'list'; readonly item: JsonSchema; readonly least: number; readonly most: number }
  | { readonly kind: 'variants'; readonly variants: readonly JsonSchema[] }

/** One key of an object. */
export type Field = { readonly name: string; readonly schema: JsonSchema; readonly isRequired: boolean }

/** What a schema says of a value, with the form that it is asked in. `null` may be one of its values beside the form. */
export type Asked = { readonly schema: JsonSchema; readonly form: Form; readonly mayBeNull: boolean }

const isNull = (schema: JsonSchema): boolean => schema.type === 'null' || schema.const === null
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const schemasIn = (value: unknown): JsonSchema[] => listOf(value).filter((each) => isPlainObject(each)) as JsonSchema[]
const countOf = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

/** How to ask for a value that has this schema; `root` is the document that its references point into. */
export function askedBy(given: JsonSchema, root: JsonSchema): Asked {
  const schema = merged(resolveRef(given, root), root)
  const members = schemasIn(schema.anyOf ?? schema.oneOf).map((each) => resolveRef(each, root))
  const others = members.filter((each) => !isNull(each))
  const [only] = others
  if (members.length > 0 && others.length === 1 && only) {
    const { anyOf: _, oneOf: __, ...beside } = schema
    const inner = askedBy({ ...only, ...beside }, root)
    return { ...inner, mayBeNull: inner.mayBeNull || members.length > 1 }
  }
  const types = Array.isArray(schema.type) ? (schema.type as unknown[]) : [schema.type]
  const mayBeNull = types.length > 1 && types.includes('null')
  const [type, ...more] = types.filter((each) => each !== 'null' || types.length === 1)
  const form = members.length > 0 ? union(others) : more.length > 0 ? JSON_FORM : plain(schema, type)
  return { schema, form, mayBeNull: mayBeNull || members.length > others.length }
}

const JSON_FORM: Form = { kind: 'json' }

function plain(schema: JsonSchema, type: unknown): Form {
  if (schema.const !== undefined) return { kind: 'constant', value: schema.const }
  if (Array.isArray(schema.enum)) return { kind: 'choice', values: schema.enum as unknown[] }
  if (type === 'string') return { kind: 'text' }
  if (type === 'boolean') return { kind: 'boolean' }
  if (type === 'number' || type === 'integer') return { kind: 'number', isWhole: type === 'integer' }
  if (type === 'array' && isPlainObject(schema.items) && schema.prefixItems === undefined) {
    const { items, minItems, maxItems } = schema
    return { kind: 'list', item: items, least: countOf(minItems, 0), most: countOf(maxItems, Infinity) }
  }
  if (!isPlainObject(schema.properties)) return JSON_FORM
  const fields = fieldsOf(schema)
  return fields.length === 0 && isPlainObject(schema.additionalProperties) ? JSON_FORM : { kind: 'object', fields }
}

function fieldsOf({ properties, required }: JsonSchema): Field[] {
  const needed = new Set(listOf(required))
  return Object.entries(properties as Record<string, unknown>).map(([name, schema]) => ({
    name,
    schema: isPlainObject(schema) ? schema : {},
    isRequired: needed.has(name),
  }))
}

/** A choice of constants is one list; one of objects is asked first, then their fields. */
function union(members: readonly JsonSchema[]): Form {
  const values = members.flatMap((each) => ('const' in each ? [each.const] : listOf(each.enum)))
  if (members.every((each) => 'const' in each || Array.isArray(each.enum))) return { kind: 'choice', values }
  if (members.every((each) => isPlainObject(each.properties))) return { kind: 'variants', variants: members }
  return JSON_FORM
}

/** A value that meets all of several objects has the fields of all of them. */
function merged({ allOf, ...schema }: JsonSchema, root: JsonSchema): JsonSchema {
  if (allOf === undefined) return schema
  const parts = [schema, ...schemasIn(allOf).map((each) => merged(resolveRef(each, root), root))]
  const types = parts.map(({ type }) => type).filter((type) => type !== undefined)
  if (types.some((type) => type !== types[0])) return {}
  return {
    ...Object.assign({}, ...parts),
    ...(parts.some(({ properties }) => properties) && {
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required }) => listOf(required)),
    }),
  }
}

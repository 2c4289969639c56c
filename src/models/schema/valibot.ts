import type { StandardSchema } from '../../types.ts'
import { unrepresentableName, type SchemaDefinition, unrepresentableSchema } from './unrepresentable.ts'
import type { JsonSchema } from './json-schema.ts'

/** A valibot schema: plain data, with its actions in `pipe`. */
type ValibotSchema = SchemaDefinition & {
  readonly kind?: 'schema' | 'validation' | 'transformation' | 'metadata'
  readonly entries?: Readonly<Record<string, ValibotSchema>>
  readonly items?: readonly ValibotSchema[]
  readonly rest?: ValibotSchema
  readonly item?: ValibotSchema
  readonly key?: ValibotSchema
  readonly value?: ValibotSchema
  readonly wrapped?: ValibotSchema
  readonly options?: readonly unknown[]
  readonly enum?: object
  readonly pipe?: readonly (ValibotSchema & { readonly description?: string })[]
  readonly class?: unknown
  getter?(input: unknown): ValibotSchema
}

/**
 * The JSON Schema of a valibot schema's input. Valibot's own converter is another package, which may not be installed.
 */
export function valibotToJsonSchema(schema: StandardSchema, never: boolean): JsonSchema | undefined {
  if (schema['~standard'].vendor !== 'valibot') return undefined
  const defs = new Map<unknown, [name: string, schema: JsonSchema]>()
  const form = (part: ValibotSchema): JsonSchema => {
    const name = never && unrepresentableName({ ...part, of: part.class })
    return name ? unrepresentableSchema(name) : { ...formOf(part), ...pipeKeywords(part) }
  }
  const list = (parts: readonly unknown[] = []): JsonSchema[] => (parts as ValibotSchema[]).map(form)
  const formOf = (part: ValibotSchema): JsonSchema => {
    const { type = '', entries, rest, items, item, key, value, wrapped, options } = part
    if (entries) {
      const required = Object.entries(entries).flatMap(([name, each]) =>
        OPTIONAL_TYPES.has(each.type ?? '') ? [] : [name],
      )
      const others = type === 'strict_object' ? false : type === 'loose_object' ? {} : rest && form(rest)
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(entries).map(([name, each]) => [name, form(each)])),
        required,
        ...(others !== undefined && { additionalProperties: others }),
      }
    }
    if (items) {
      const open = type === 'strict_tuple' ? false : rest && form(rest)
      return {
        type: 'array',
        prefixItems: list(items),
        minItems: items.findLastIndex((each) => !OPTIONAL_TYPES.has(each.type ?? '')) + 1,
        ...(open !== undefined && { items: open }),
      }
    }
    if (item && type === 'array') return { type, items: form(item) }
    if (type === 'record') return { type: 'object', propertyNames: form(key!), additionalProperties: form(value!) }
    if (wrapped) return NULLABLE_TYPES.has(type) ? { anyOf: [form(wrapped), { type: 'null' }] } : form(wrapped)
    if (type === 'picklist' || type === 'enum') return { enum: options }
    if (type === 'union' || type === 'variant') return { anyOf: list(options) }
    if (type === 'intersect') return { allOf: list(options) }
    if (type === 'literal') return { const: part.literal }
    if (type === 'lazy') return recursive(part.getter!(undefined))
    if (type === 'never') return { not: {} }
    return ['string', 'number', 'boolean', 'null'].includes(type) ? { type } : {}
  }
  const recursive = (part: ValibotSchema): JsonSchema => {
    const [name] = defs.get(part) ?? [`lazy${defs.size}`]
    if (!defs.has(part)) {
      defs.set(part, [name, {}])
      defs.set(part, [name, form(part)])
    }
    return { $ref: `#/$defs/${name}` }
  }
  const root = form(schema as unknown as ValibotSchema)
  return defs.size > 0 ? { ...root, $defs: Object.fromEntries(defs.values()) } : root
}

const OPTIONAL_TYPES = new Set(['optional', 'exact_optional', 'nullish', 'undefinedable'])
const NULLABLE_TYPES = new Set(['nullable', 'nullish'])

/** The keywords of a pipe's actions on the input. Other checks are made by the schema alone. */
function pipeKeywords({ pipe = [] }: ValibotSchema): JsonSchema {
  // Actions after a transformation apply to its result.
  const end = pipe.findIndex(({ kind }, index) => index > 0 && (kind === 'transformation' || kind === 'schema'))
  const inputActions = pipe.slice(1, end < 0 ? undefined : end)
  const description = inputActions.findLast((action) => action.type === 'description')?.description
  return {
    ...(inputActions.some(({ type }) => type === 'integer') && { type: 'integer' }),
    ...(description !== undefined && { description }),
  }
}

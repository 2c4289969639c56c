/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>

/** What a person fills in for a value of a schema. */
export type Field =
  | { readonly kind: 'text'; readonly long: boolean; readonly hint: string }
  | { readonly kind: 'number'; readonly whole: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly unknown[] }
  | { readonly kind: 'fixed'; readonly value: unknown }
  | { readonly kind: 'object'; readonly fields: readonly Named[] }
  | { readonly kind: 'list'; readonly item: Schema }
  | { readonly kind: 'union'; readonly ways: readonly { readonly label: string; readonly schema: Schema }[] }
  /** Written as JSON: `any` takes what is no JSON as a text. */
  | { readonly kind: 'json'; readonly any: boolean }
export type Named = { readonly name: string; readonly schema: Schema; readonly required: boolean }

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const schemas = (value: unknown): readonly Schema[] => list(value).filter(isObject)

/** Longer texts get room for several lines; in characters. */
const LINE = 120

/** The same schema without a `$ref` at its top, and with what `allOf` adds to it. */
export function resolve(schema: Schema, root: Schema, seen: readonly string[] = []): Schema {
  const { $ref, allOf, ...own } = schema
  if (typeof $ref === 'string') {
    const target = seen.includes($ref) ? undefined : at(root, $ref)
    return target ? { ...resolve(target, root, [...seen, $ref]), ...own } : own
  }
  return schemas(allOf).reduce<Schema>((sum, part) => join(sum, resolve(part, root, seen)), own)
}

/** What a pointer such as `#/$defs/Address` leads to. */
function at(root: Schema, pointer: string): Schema | undefined {
  if (pointer !== '#' && !pointer.startsWith('#/')) return undefined
  const keys = pointer.split('/').slice(1)
  const found = keys.reduce<unknown>(
    (part, key) => Object(part)[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  )
  return isObject(found) ? found : undefined
}

const join = (one: Schema, other: Schema): Schema => {
  const properties: Schema = { ...Object(one.properties), ...Object(other.properties) }
  const required = [...list(one.required), ...list(other.required)]
  return {
    ...one,
    ...other,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

/** What to fill in for a schema (one that is resolved). */
export function fieldOf(schema: Schema, root: Schema): Field {
  if (schema.const !== undefined) return { kind: 'fixed', value: schema.const }
  if (Array.isArray(schema.enum)) return { kind: 'choice', choices: schema.enum }
  const ways = waysOf(schema, root)
  if (ways) {
    const fixed = ways.map((way) => fieldOf(way, root))
    const choices = fixed.flatMap((way) =>
      way.kind === 'fixed' ? [way.value] : way.kind === 'choice' ? way.choices : [],
    )
    if (fixed.every(({ kind }) => kind === 'fixed' || kind === 'choice')) return { kind: 'choice', choices }
    const [only] = ways
    return only && ways.length === 1
      ? fieldOf(only, root)
      : { kind: 'union', ways: ways.map((way) => ({ label: nameOfWay(way, root), schema: way })) }
  }
  switch (schema.type) {
    case 'string':
      return { kind: 'text', long: Number(schema.maxLength) > LINE, hint: hintOf(schema) }
    case 'number':
    case 'integer':
      return { kind: 'number', whole: schema.type === 'integer' }
    case 'boolean':
      return { kind: 'choice', choices: [true, false] }
    case 'null':
      return { kind: 'fixed', value: null }
    case 'array':
      return isObject(schema.items) && !schema.prefixItems
        ? { kind: 'list', item: schema.items }
        : { kind: 'json', any: false }
    default:
      return isObject(schema.properties)
        ? { kind: 'object', fields: namedIn(schema) }
        : { kind: 'json', any: schema.type === undefined }
  }
}

/** The alternatives of a schema, each with what all of them share. */
function waysOf(schema: Schema, root: Schema): readonly Schema[] | undefined {
  const { anyOf, oneOf, type, ...shared } = schema
  if (Array.isArray(type)) return type.map((one) => ({ ...shared, type: one as unknown }))
  const given = schemas(anyOf ?? oneOf)
  if (given.length === 0) return undefined
  const { description: _, title: __, default: ___, ...rest } = shared
  return given.map((way) => join(type === undefined ? rest : { ...rest, type }, resolve(way, root)))
}

const namedIn = ({ properties, required }: Schema): Named[] =>
  Object.entries(properties as Schema).map(([name, schema]) => ({
    name,
    schema: isObject(schema) ? schema : {},
    required: list(required).includes(name),
  }))

/** What an alternative is called: by itself, or by what tells it from the others. */
function nameOfWay(schema: Schema, root: Schema): string {
  if (typeof schema.title === 'string') return schema.title
  const field = fieldOf(schema, root)
  if (field.kind === 'fixed') return textOf(field.value)
  if (field.kind === 'choice') return field.choices.map(textOf).join(', ')
  if (field.kind === 'object') {
    const fixed = field.fields.flatMap((one) => {
      const own = fieldOf(resolve(one.schema, root), root)
      return own.kind === 'fixed' ? [textOf(own.value)] : []
    })
    return fixed.join(', ') || field.fields.map(({ name }) => name).join(', ') || 'empty'
  }
  const { description } = schema
  return typeof description === 'string' ? description : field.kind === 'json' ? 'JSON' : field.kind
}

/** How a value of a choice is written; `null` is no text of anybody's. */
export const textOf = (value: unknown): string =>
  value === null ? 'none (null)' : typeof value === 'string' ? value : JSON.stringify(value)

const HINTS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T09:30:00Z',
  time: '09:30:00',
  email: 'name@example.com',
  uri: 'https://example.com',
}
const hintOf = ({ format }: Schema): string =>
  typeof format === 'string' && Object.hasOwn(HINTS, format) ? (HINTS[format] as string) : ''

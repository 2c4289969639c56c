import { inText } from '../../observe/text.ts'
import type { JsonSchema } from '../../types.ts'
import { accepted } from './accepted.ts'
import type { FormField, FormProperty, FormVariant } from '../../border/schema/form-fields.ts'
import { type AskedSchema, askedSchema } from './form.ts'
import { askUntil, askYes, choose, type Empty, type Person } from './person.ts'
import { visible } from './readable.ts'

/** A value that is asked for. */
export type Question = {
  /** Where it is in the whole: `address.city`, `tags[0]`; empty for the whole. */
  readonly name: string
  readonly schema: JsonSchema
  /** The document that references point into. */
  readonly root: JsonSchema
  /** What an empty answer stands for, if it is one. */
  readonly empty?: Empty | undefined
  /** What it is now, where it is changed. */
  readonly now?: unknown
}

/** The value that a person types: line by line, the parts of an object each by its name; undefined where it is left out. */
export async function askValue(person: Person, question: Question): Promise<unknown> {
  const asked = askedSchema(question.schema, question.root)
  const { field } = asked
  if (field.kind === 'constant' && !question.empty) return field.value
  const { description } = asked.schema
  if (typeof description === 'string' && question.name !== '') person.say(`  ${visible(description)}\n`)
  const empty = question.empty ?? emptyOf(asked)
  if (isLine(field) || (question.now !== undefined && field.kind !== 'object')) {
    return askLine(person, question.name, asked, empty)
  }
  const isOpen = question.now === undefined && empty
  if (isOpen && !(await askYes(person, `${question.name}: fill it in? no ${empty.means}`))) return empty.value
  if (field.kind === 'list') return askList(person, question, asked.schema, field.items)
  if (field.kind === 'union') return askVariant(person, question, field.variants)
  return askFields(person, question, field.kind === 'object' ? field.properties : [])
}

/** What is typed as one line; all else has parts. */
const isLine = ({ kind }: FormField): boolean => !['object', 'list', 'union'].includes(kind)

/** An empty answer to what must be there. */
function emptyOf({ schema, mayBeNull }: AskedSchema): Empty | undefined {
  if (schema.default !== undefined) return { value: schema.default, means: `is ${inText(schema.default)}` }
  return mayBeNull ? { value: null, means: 'is null' } : undefined
}

async function askLine(person: Person, name: string, asked: AskedSchema, empty: Empty | undefined): Promise<unknown> {
  const { field } = asked
  const values = field.kind === 'choice' ? field.values : field.kind === 'constant' ? [field.value] : undefined
  if (values) {
    const all = asked.mayBeNull ? [...values, null] : values
    const chosen = await choose(person, name, all.map(inText), empty)
    return chosen < 0 ? empty?.value : all[chosen]
  }
  const hint = [hintOf(asked), empty && `empty ${empty.means}`].filter(Boolean).join('; ')
  return askUntil(person, name, hint, (line) => (line.trim() === '' && empty ? empty.value : accepted(line, asked)))
}

function hintOf({ field, schema, mayBeNull }: AskedSchema): string {
  const kinds: Partial<Record<FormField['kind'], string>> = { boolean: 'y/n', text: String(schema.format ?? 'text') }
  const kind = field.kind === 'number' ? (field.isInteger ? 'whole number' : 'number') : (kinds[field.kind] ?? 'JSON')
  return mayBeNull ? `${kind} or null` : kind
}

async function askFields(
  person: Person,
  { name, root, now }: Question,
  fields: readonly FormProperty[],
): Promise<object> {
  const found = new Map(Object.entries(Object(now) as object))
  for (const field of fields) {
    const value = await askValue(person, {
      name: name === '' ? field.name : `${name}.${field.name}`,
      schema: field.schema,
      root,
      now: found.get(field.name),
      empty: emptyField(field, root, found.get(field.name)),
    })
    if (value === undefined) found.delete(field.name)
    else found.set(field.name, value)
  }
  // Unlike an assignment, this makes a key of `__proto__`, too.
  return Object.fromEntries(found)
}

function emptyField({ schema, required }: FormProperty, root: JsonSchema, now: unknown): Empty | undefined {
  if (now !== undefined) return { value: now, means: `keeps ${visible(inText(now)).slice(0, 200)}` }
  if (required) return undefined
  const byDefault = askedSchema(schema, root).schema.default
  // What is left out gets the default from the schema itself, which may still change it.
  return { value: undefined, means: byDefault === undefined ? 'leaves it out' : `is ${inText(byDefault)}` }
}

async function askList(
  person: Person,
  { name, root }: Question,
  { minItems, maxItems }: JsonSchema,
  item: JsonSchema,
): Promise<unknown[]> {
  const found: unknown[] = []
  const least = typeof minItems === 'number' ? minItems : 0
  const most = typeof maxItems === 'number' ? maxItems : Infinity
  const isShort = isLine(askedSchema(item, root).field)
  while (found.length < most) {
    const at = `${name}[${found.length}]`
    const mayEnd = found.length >= least
    if (mayEnd && !isShort && !(await askYes(person, `${at}: add one?`))) break
    const empty = mayEnd && isShort ? { value: undefined, means: 'ends the list' } : undefined
    const value = await askValue(person, { name: at, schema: item, root, empty })
    if (value === undefined) break
    found.push(value)
  }
  return found
}

async function askVariant(person: Person, question: Question, variants: readonly FormVariant[]): Promise<unknown> {
  const chosen = await choose(
    person,
    question.name || 'kind',
    variants.map(({ label }) => label),
  )
  return askValue(person, { ...question, schema: (variants[chosen] as FormVariant).schema, empty: undefined })
}

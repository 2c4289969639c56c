import { safeStringify } from '../../observe/safe-stringify.ts'
import type { JsonSchema } from '../../types.ts'
import { parseAnswer } from './parse-answer.ts'
import type { FormField, FormProperty, FormVariant } from '../../border/schema/form-fields.ts'
import { type PromptedField, promptedFieldOf } from './prompted-field.ts'
import { promptUntilValid, promptConfirm, promptChoice, type EmptyAnswer, type PromptIO } from './prompt.ts'
import { escapeControls } from './format-value.ts'

/** A value that is asked for. */
export type ValuePrompt = {
  /** Where it is in the whole: `address.city`, `tags[0]`; empty for the whole. */
  readonly name: string
  readonly schema: JsonSchema
  /** The document that references point into. */
  readonly root: JsonSchema
  /** What an empty answer stands for, if it is one. */
  readonly empty?: EmptyAnswer | undefined
  /** What it is now, where it is changed. */
  readonly now?: unknown
}

/** The value that a person types: line by line, the parts of an object each by its name; undefined where it is left out. */
export async function promptValue(person: PromptIO, question: ValuePrompt): Promise<unknown> {
  const asked = promptedFieldOf(question.schema, question.root)
  const { field } = asked
  if (field.kind === 'constant' && !question.empty) return field.value
  const { description } = asked.schema
  if (typeof description === 'string' && question.name !== '') person.say(`  ${escapeControls(description)}\n`)
  const empty = question.empty ?? emptyAnswerOf(asked)
  if (isLine(field) || (question.now !== undefined && field.kind !== 'object')) {
    return promptLine(person, question.name, asked, empty)
  }
  const isOpen = question.now === undefined && empty
  if (isOpen && !(await promptConfirm(person, `${question.name}: fill it in? no ${empty.means}`))) return empty.value
  if (field.kind === 'list') return promptList(person, question, asked.schema, field.items)
  if (field.kind === 'union') return promptVariant(person, question, field.variants)
  return promptProperties(person, question, field.kind === 'object' ? field.properties : [])
}

/** What is typed as one line; all else has parts. */
const isLine = ({ kind }: FormField): boolean => !['object', 'list', 'union'].includes(kind)

/** An empty answer to what must be there. */
function emptyAnswerOf({ schema, mayBeNull }: PromptedField): EmptyAnswer | undefined {
  if (schema.default !== undefined) return { value: schema.default, means: `is ${safeStringify(schema.default)}` }
  return mayBeNull ? { value: null, means: 'is null' } : undefined
}

async function promptLine(
  person: PromptIO,
  name: string,
  asked: PromptedField,
  empty: EmptyAnswer | undefined,
): Promise<unknown> {
  const { field } = asked
  const values = field.kind === 'choice' ? field.values : field.kind === 'constant' ? [field.value] : undefined
  if (values) {
    const all = asked.mayBeNull ? [...values, null] : values
    const chosen = await promptChoice(person, name, all.map(safeStringify), empty)
    return chosen < 0 ? empty?.value : all[chosen]
  }
  const hint = [typeHint(asked), empty && `empty ${empty.means}`].filter(Boolean).join('; ')
  return promptUntilValid(person, name, hint, (line) =>
    line.trim() === '' && empty ? empty.value : parseAnswer(line, asked),
  )
}

function typeHint({ field, schema, mayBeNull }: PromptedField): string {
  const kinds: Partial<Record<FormField['kind'], string>> = { boolean: 'y/n', text: String(schema.format ?? 'text') }
  const kind = field.kind === 'number' ? (field.isInteger ? 'whole number' : 'number') : (kinds[field.kind] ?? 'JSON')
  return mayBeNull ? `${kind} or null` : kind
}

async function promptProperties(
  person: PromptIO,
  { name, root, now }: ValuePrompt,
  fields: readonly FormProperty[],
): Promise<object> {
  const found = new Map(Object.entries(Object(now) as object))
  for (const field of fields) {
    const value = await promptValue(person, {
      name: name === '' ? field.name : `${name}.${field.name}`,
      schema: field.schema,
      root,
      now: found.get(field.name),
      empty: emptyProperty(field, root, found.get(field.name)),
    })
    if (value === undefined) found.delete(field.name)
    else found.set(field.name, value)
  }
  // Unlike an assignment, this makes a key of `__proto__`, too.
  return Object.fromEntries(found)
}

function emptyProperty({ schema, required }: FormProperty, root: JsonSchema, now: unknown): EmptyAnswer | undefined {
  if (now !== undefined) return { value: now, means: `keeps ${escapeControls(safeStringify(now)).slice(0, 200)}` }
  if (required) return undefined
  const byDefault = promptedFieldOf(schema, root).schema.default
  // What is left out gets the default from the schema itself, which may still change it.
  return { value: undefined, means: byDefault === undefined ? 'leaves it out' : `is ${safeStringify(byDefault)}` }
}

async function promptList(
  person: PromptIO,
  { name, root }: ValuePrompt,
  { minItems, maxItems }: JsonSchema,
  item: JsonSchema,
): Promise<unknown[]> {
  const found: unknown[] = []
  const least = typeof minItems === 'number' ? minItems : 0
  const most = typeof maxItems === 'number' ? maxItems : Infinity
  const isShort = isLine(promptedFieldOf(item, root).field)
  while (found.length < most) {
    const at = `${name}[${found.length}]`
    const mayEnd = found.length >= least
    if (mayEnd && !isShort && !(await promptConfirm(person, `${at}: add one?`))) break
    const empty = mayEnd && isShort ? { value: undefined, means: 'ends the list' } : undefined
    const value = await promptValue(person, { name: at, schema: item, root, empty })
    if (value === undefined) break
    found.push(value)
  }
  return found
}

async function promptVariant(
  person: PromptIO,
  question: ValuePrompt,
  variants: readonly FormVariant[],
): Promise<unknown> {
  const chosen = await promptChoice(
    person,
    question.name || 'kind',
    variants.map(({ label }) => label),
  )
  return promptValue(person, { ...question, schema: (variants[chosen] as FormVariant).schema, empty: undefined })
}

import { listProblem, numberProblem, textProblem } from './constraints.ts'
import { type FormField, formFieldOf, mergedSchema, valueLabel } from '../../../../../border/schema/form-fields.ts'
import type { JsonSchema } from '../../../../../types.ts'

/** What a person has filled in so far: texts, in the shape of the value; undefined is left out. */
export type Draft = string | readonly Draft[] | { readonly [name: string]: Draft } | undefined
/** What is wrong with a draft, by the place of the field: `customer.address.city`, `items.0.name`. */
export type Problems = Map<string, string>
type FieldContext = {
  readonly at: string
  readonly required: boolean
  readonly root: JsonSchema
  readonly problems: Problems
}

export const fieldPath = (at: string, name: string | number): string => (at === '' ? String(name) : `${at}.${name}`)
export const objectDraft = (draft: Draft): { readonly [name: string]: Draft } =>
  typeof draft === 'object' && !Array.isArray(draft) ? (draft as { readonly [name: string]: Draft }) : {}
export const listDraft = (draft: Draft): readonly Draft[] => (Array.isArray(draft) ? (draft as readonly Draft[]) : [])

/** How a field is filled in on a page: yes or no is a choice, and so is whether an optional constant is there. */
export type InputField = Exclude<FormField, { kind: 'boolean' }>
export function inputFieldOf(field: FormField, required = true): InputField {
  if (field.kind === 'boolean') return { kind: 'choice', values: [true, false] }
  return field.kind === 'constant' && !required ? { kind: 'choice', values: [field.value] } : field
}

/** The value that was filled in, undefined where it is left out; what is wrong goes to the problems. */
export function readDraft(given: JsonSchema, draft: Draft, place: FieldContext): unknown {
  const { at, required, root, problems } = place
  const schema = mergedSchema(given, root)
  const field = inputFieldOf(formFieldOf(schema, root), required)
  const complain = (message: string | undefined): undefined => void (message && problems.set(at, message))
  const inside = (name: string | number, isRequired: boolean): FieldContext => ({
    ...place,
    at: fieldPath(at, name),
    required: isRequired,
  })
  switch (field.kind) {
    case 'constant':
      return field.value
    case 'object': {
      if (draft === undefined && !required) return undefined
      const parts = field.properties.map(({ name, schema: part, required: isRequired }) => {
        return [name, readDraft(part, objectDraft(draft)[name], inside(name, isRequired))] as const
      })
      return Object.fromEntries(parts.filter(([, value]) => value !== undefined))
    }
    case 'list': {
      if (draft === undefined && !required) return undefined
      const items = listDraft(draft)
      complain(listProblem(schema, items.length))
      return items.map((item, index) => readDraft(field.items, item, inside(index, true)))
    }
    case 'union': {
      const { way, of } = objectDraft(draft)
      const chosen = field.variants[Number(way)]
      if (way !== undefined && way !== '' && chosen) return readDraft(chosen.schema, of, { ...place, required: true })
      return complain(required ? 'Choose one.' : undefined)
    }
    default: {
      const text = typeof draft === 'string' ? draft : ''
      if (text === '') return complain(required ? 'This is required.' : undefined)
      return parseText(field, text, schema, complain)
    }
  }
}

function parseText(
  field: FormField,
  text: string,
  schema: JsonSchema,
  complain: (message?: string) => undefined,
): unknown {
  switch (field.kind) {
    case 'choice':
      return field.values.find((choice) => valueLabel(choice) === text)
    case 'number': {
      complain(numberProblem(schema, Number(text), field.isInteger))
      return Number(text)
    }
    case 'json':
      try {
        return JSON.parse(text)
      } catch {
        if (field.isAny) return text
        return complain(
          `This is not JSON. Write ${schema.type === 'array' ? '[1, 2]' : '{ "name": "value" }'}, for example.`,
        )
      }
    default:
      complain(textProblem(schema, text))
      return text
  }
}

/** A draft of a value that is there already. */
export function draftOf(given: JsonSchema, value: unknown, root: JsonSchema): Draft {
  if (value === undefined) return undefined
  const schema = mergedSchema(given, root)
  const field = formFieldOf(schema, root)
  switch (field.kind) {
    case 'object': {
      const parts = field.properties.map(
        ({ name, schema: part }) => [name, draftOf(part, Object(value)[name], root)] as const,
      )
      return Object.fromEntries(parts.filter(([, draft]) => draft !== undefined))
    }
    case 'list':
      return Array.isArray(value) ? value.map((item) => draftOf(field.items, item, root)) : []
    case 'union': {
      const way = field.variants.findIndex((one) => matchesField(one.schema, value, root))
      return way === -1 ? {} : { way: String(way), of: draftOf(field.variants[way]?.schema ?? {}, value, root) }
    }
    case 'json':
      return field.isAny && typeof value === 'string' ? value : JSON.stringify(value, null, 2)
    default:
      return valueLabel(value)
  }
}

/** Whether a value fits the field of a schema. */
function matchesField(given: JsonSchema, value: unknown, root: JsonSchema): boolean {
  const schema = mergedSchema(given, root)
  const field = inputFieldOf(formFieldOf(schema, root))
  switch (field.kind) {
    case 'constant':
      return field.value === value
    case 'choice':
      return field.values.includes(value)
    case 'text':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number'
    case 'list':
      return Array.isArray(value)
    case 'union':
      return field.variants.some((way) => matchesField(way.schema, value, root))
    case 'object':
      return (
        typeof value === 'object' &&
        value !== null &&
        field.properties.every(({ name, schema: part, required }) => {
          const own: unknown = Object(value)[name]
          return own === undefined ? !required : matchesField(part, own, root)
        })
      )
    default:
      return field.isAny || (typeof value === 'object' && value !== null)
  }
}

import { isPlainObject } from '../../border/shape.ts'
import type { AnswerFormat } from '../../models/schema/answer-format.ts'
import { jsonSchemaOf } from '../../models/schema/json-schema.ts'
import { findUnsatisfiable } from '../../models/schema/model-schema.ts'
import { tryStrictSchema } from '../../models/schema/strict-mode.ts'
import type { StandardSchema } from '../../types.ts'
import { allParts, type Part } from '../definition.ts'
import type { Check, Finding } from '../finding.ts'

/** What a model is asked for must be what it can give, and a person who is asked must be shown what is wanted. */
export const checkAnswers: Check = (root) => allParts(root).flatMap((part) => [...answers(part), ...events(part)])

/** The output of what asks a model knows how it is asked for. */
type Asked = StandardSchema & { readonly form?: AnswerFormat; readonly wanted?: StandardSchema }

function answers(part: Part): Finding[] {
  const { form, wanted } = (part.node.output ?? {}) as Asked
  if (!form || !wanted) return []
  const doubtful = doubts(part, wanted)
  // What can never be met is the fault, and not that strict mode does not know it.
  return doubtful.length > 0 ? doubtful : loose(part, form)
}

function loose({ path, named }: Part, { jsonSchema, isAsked, wrapper }: AnswerFormat): Finding[] {
  const found = isAsked && jsonSchema && tryStrictSchema(jsonSchema).violation
  if (!found) return []
  const inside = wrapper && found.at.startsWith(wrapper) ? found.at.slice(wrapper.length).replace(/^\./, '') : found.at
  const message = `The output of ${named} cannot be requested in strict mode, so a model may answer in another form: ${inside || 'it'} ${found.why}.`
  return [{ code: 'not-strict', severity: 'warning', path, message, remedy: found.remedy }]
}

/** What no JSON can meet, where nobody was refused it; and lists and records of it: only empty ones would be taken. */
function doubts({ path, named }: Part, wanted: StandardSchema): Finding[] {
  const lost = findUnsatisfiable(wanted)
  const found = lost ? [lost] : marks(jsonSchemaOf(wanted, { unrepresentable: 'marked' }), '')
  return found.map(({ at, what }) => ({
    code: 'never-met',
    severity: 'warning',
    path,
    message: `The output of ${named} takes ${what}${at && ` at ${at}`}, and a model writes JSON: no value that it writes there would be accepted.`,
    remedy: 'Use JSON types, and convert them: z.coerce.date(), z.codec(…), a transform.',
  }))
}

function marks(part: unknown, at: string): { at: string; what: string }[] {
  if (!isPlainObject(part)) return []
  const { not, $comment, items, additionalProperties, properties, $defs, anyOf } = part
  if (not && $comment) return [{ at, what: String($comment) }]
  const named = [properties, $defs].flatMap((parts) => Object.entries(Object(parts) as object))
  // What may be left out, or be something else, is no fault.
  const isMark = (each: unknown): boolean => isPlainObject(each) && Boolean(each.not && each.$comment)
  return [
    ...named.flatMap(([key, each]) => (isMark(each) ? [] : marks(each, at ? `${at}.${key}` : key))),
    ...(Array.isArray(anyOf) ? anyOf.flatMap((each) => (isMark(each) ? [] : marks(each, at))) : []),
    ...[items, additionalProperties].flatMap((each) => marks(each, `${at}[]`)),
  ]
}

function events({ path, named, node }: Part): Finding[] {
  const unknown = Object.entries(node.facts?.events ?? {}).filter(([, schema]) => !jsonSchemaOf(schema))
  return unknown.map(([type]) => ({
    code: 'no-json-schema',
    severity: 'info',
    path,
    message: `The schema of ${type}, which ${named} waits for, has no JSON Schema: its payload cannot be described.`,
    remedy: 'Use a library with Standard JSON Schema, such as zod 4.',
  }))
}

import { isPlainObject } from '../../border/shape.ts'
import type { AnswerForm } from '../../models/schema/answer-form.ts'
import { jsonSchemaOf } from '../../models/schema/json-schema.ts'
import { neverMet } from '../../models/schema/spoken-schema.ts'
import { strictness } from '../../models/schema/strict.ts'
import type { StandardSchema } from '../../types.ts'
import { allDefinitions, type Definition } from '../definition.ts'
import type { Rule, Finding } from '../finding.ts'

/** What a model is asked for must be what it can give, and a person who is asked must be shown what is wanted. */
export const checkAnswers: Rule = (root) =>
  allDefinitions(root).flatMap((definition) => [...answers(definition), ...events(definition)])

/** The output of what asks a model knows how it is asked for. */
type Asked = StandardSchema & { readonly form?: AnswerForm; readonly wanted?: StandardSchema }

function answers(definition: Definition): Finding[] {
  const { form, wanted } = (definition.node.output ?? {}) as Asked
  if (!form || !wanted) return []
  const doubtful = doubts(definition, wanted)
  // What can never be met is the fault, and not that strict mode does not know it.
  return doubtful.length > 0 ? doubtful : loose(definition, form)
}

function loose({ path, displayName }: Definition, { jsonSchema, isAsked, wrapper }: AnswerForm): Finding[] {
  const found = isAsked && jsonSchema && strictness(jsonSchema).loose
  if (!found) return []
  const inside = wrapper && found.at.startsWith(wrapper) ? found.at.slice(wrapper.length).replace(/^\./, '') : found.at
  const message = `The output of ${displayName} cannot be requested in strict mode, so a model may answer in another form: ${inside || 'it'} ${found.why}.`
  return [{ code: 'not-strict', severity: 'warning', path, message, remedy: found.remedy }]
}

/** What no JSON can meet, where nobody was refused it; and lists and records of it: only empty ones would be taken. */
function doubts({ path, displayName }: Definition, wanted: StandardSchema): Finding[] {
  const lost = neverMet(wanted)
  const found = lost ? [lost] : marks(jsonSchemaOf(wanted, { foreign: 'marked' }), '')
  return found.map(({ at, what }) => ({
    code: 'never-met',
    severity: 'warning',
    path,
    message: `The output of ${displayName} takes ${what}${at && ` at ${at}`}, and a model writes JSON: no value that it writes there would be accepted.`,
    remedy: 'Use JSON types, and convert them: z.coerce.date(), z.codec(…), a transform.',
  }))
}

function marks(definition: unknown, at: string): { at: string; what: string }[] {
  if (!isPlainObject(definition)) return []
  const { not, $comment, items, additionalProperties, properties, $defs, anyOf } = definition
  if (not && $comment) return [{ at, what: String($comment) }]
  const displayName = [properties, $defs].flatMap((definitions) => Object.entries(Object(definitions) as object))
  // What may be left out, or be something else, is no fault.
  const isMark = (each: unknown): boolean => isPlainObject(each) && Boolean(each.not && each.$comment)
  return [
    ...displayName.flatMap(([key, each]) => (isMark(each) ? [] : marks(each, at ? `${at}.${key}` : key))),
    ...(Array.isArray(anyOf) ? anyOf.flatMap((each) => (isMark(each) ? [] : marks(each, at))) : []),
    ...[items, additionalProperties].flatMap((each) => marks(each, `${at}[]`)),
  ]
}

function events({ path, displayName, node }: Definition): Finding[] {
  const unknown = Object.entries(node.facts?.events ?? {}).filter(([, schema]) => !jsonSchemaOf(schema))
  return unknown.map(([type]) => ({
    code: 'no-json-schema',
    severity: 'info',
    path,
    message: `The schema of ${type}, which ${displayName} waits for, has no JSON Schema: its payload cannot be described.`,
    remedy: 'Use a library with Standard JSON Schema, such as zod 4.',
  }))
}

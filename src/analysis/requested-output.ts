import type { AnswerFormat } from '../models/schema/answer-format.ts'
import type { StandardSchema } from '../types.ts'
import type { Definition } from './definition.ts'

/** The schema that the output of a function was given, and the form in which its model is asked for it. */
type RequestedOutput = { readonly form: AnswerFormat; readonly wanted: StandardSchema }

/** Undefined where a function asks no model for its output. */
export function requestedOutput({ node }: Definition): RequestedOutput | undefined {
  const { form, wanted } = (node.output ?? {}) as Partial<RequestedOutput>
  return form && wanted && { form, wanted }
}

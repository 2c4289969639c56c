import type { StandardSchema } from '../../types.ts'
import { tryValidate } from './validate.ts'
import { setIn } from './set-in.ts'

/** An answer that is not a choice of any decision, as a text and as a number. */
export const UNEXPECTED_CHOICE = 'none of these'
const UNEXPECTED_NUMBER = 987_654

/** The output by which a function selects a choice: the choice itself, or a record with it in a field that decisions read. */
export function choiceValue(
  choice: string | number | boolean,
  base: unknown,
  own?: StandardSchema,
): [unknown] | undefined {
  const record = typeof base === 'object' && base !== null ? base : {}
  const forms = formsOf(choice)
  // A decision reads the field `decision` before the field `type`.
  const candidates = [
    ...forms,
    ...forms.map((form) => setIn(record, ['decision'], form)),
    ...forms.map((form) => setIn(record, ['type'], form)),
  ]
  const found = candidates.findIndex((value) => !own || 'value' in tryValidate(own, value))
  return found === -1 ? undefined : [candidates[found]]
}

/** The forms of a choice: keys of branches are texts, also where the answer is a number or a boolean. */
function formsOf(choice: string | number | boolean): (string | number | boolean)[] {
  const text = String(choice)
  const number = text.trim() === '' ? NaN : Number(text)
  return [
    choice,
    ...(typeof choice === 'string' ? [] : [text]),
    ...(typeof choice === 'string' && Number.isFinite(number) ? [number] : []),
    ...(choice === 'true' || choice === 'false' ? [choice === 'true'] : []),
    ...(choice === UNEXPECTED_CHOICE ? [UNEXPECTED_NUMBER] : []),
  ]
}

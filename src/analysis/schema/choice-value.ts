import type { StandardSchema } from '../../types.ts'
import { validate, setIn } from './values.ts'

/** What no decision expects. */
export const UNEXPECTED_CHOICE = 'none of these'
const UNEXPECTED_NUMBER = 987_654

/** The value by which a function can say a choice: as it is, or in the field that a decision reads. */
export function choiceValue(
  choice: string | number | boolean,
  base: unknown,
  own?: StandardSchema,
): [unknown] | undefined {
  const record = typeof base === 'object' && base !== null ? base : {}
  const meanings = formsOf(choice)
  // A decision reads `decision` first: only where that cannot say it, `type` does.
  const forms = [
    ...meanings,
    ...meanings.map((said) => setIn(record, ['decision'], said)),
    ...meanings.map((said) => setIn(record, ['type'], said)),
  ]
  const form = forms.findIndex((value) => !own || 'value' in validate(own, value))
  return form === -1 ? undefined : [forms[form]]
}

/** Keys of branches are texts, also where what is said is a number or a boolean. */
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

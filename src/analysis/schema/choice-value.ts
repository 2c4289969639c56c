import type { StandardSchema } from '../../types.ts'
import { checked, placed } from './values.ts'

/** What no decision expects. */
export const UNKNOWN = 'none of these'
const UNKNOWN_NUMBER = 987_654

/** The value by which a function can say a choice: as it is, or in the field that a decision reads. */
export function spoken(choice: string | number | boolean, base: unknown, own?: StandardSchema): [unknown] | undefined {
  const record = typeof base === 'object' && base !== null ? base : {}
  const meanings = meaningsOf(choice)
  // A decision reads `decision` first: only where that cannot say it, `type` does.
  const forms = [
    ...meanings,
    ...meanings.map((said) => placed(record, ['decision'], said)),
    ...meanings.map((said) => placed(record, ['type'], said)),
  ]
  const form = forms.findIndex((value) => !own || 'value' in checked(own, value))
  return form === -1 ? undefined : [forms[form]]
}

/** Keys of branches are texts, also where what is said is a number or a boolean. */
function meaningsOf(choice: string | number | boolean): (string | number | boolean)[] {
  const text = String(choice)
  const number = text.trim() === '' ? NaN : Number(text)
  return [
    choice,
    ...(typeof choice === 'string' ? [] : [text]),
    ...(typeof choice === 'string' && Number.isFinite(number) ? [number] : []),
    ...(choice === 'true' || choice === 'false' ? [choice === 'true'] : []),
    ...(choice === UNKNOWN ? [UNKNOWN_NUMBER] : []),
  ]
}

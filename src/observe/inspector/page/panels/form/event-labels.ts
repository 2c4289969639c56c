/** `loan.approve` and `APPROVE_LOAN` as a person would write them on a button. */
export function eventLabel(type: string): string {
  const words = type
    .replaceAll(/[._-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const NEGATIVE =
  /\b(reject|rejected|deny|denied|decline|declined|refuse|cancel|abort|stop|no|block|dismiss|discard|delete)\b/
const AFFIRMATIVE =
  /\b(approve|approved|accept|accepted|ok|okay|yes|confirm|confirmed|allow|grant|submit|send|answer|go)\b/

/** Which events lead on: the buttons that stand out. A no never does. */
export function primaryEvents(types: readonly string[]): ReadonlySet<string> {
  const says = (pattern: RegExp) => types.filter((type) => pattern.test(eventLabel(type).toLowerCase()))
  const no = new Set(says(NEGATIVE))
  const yes = says(AFFIRMATIVE).filter((type) => !no.has(type))
  const [first] = types.filter((type) => !no.has(type))
  return new Set(yes.length > 0 || first === undefined ? yes : [first])
}

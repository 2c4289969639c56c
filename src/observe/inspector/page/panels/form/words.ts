/** `loan.approve` and `APPROVE_LOAN` as a person would write them on a button. */
export function wordsOf(type: string): string {
  const words = type
    .replaceAll(/[._-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const NO = /\b(reject|rejected|deny|denied|decline|declined|refuse|cancel|abort|stop|no|block|dismiss|discard|delete)\b/
const YES = /\b(approve|approved|accept|accepted|ok|okay|yes|confirm|confirmed|allow|grant|submit|send|answer|go)\b/

/** Which events lead on: the buttons that stand out. A no never does. */
export function primaryOf(types: readonly string[]): ReadonlySet<string> {
  const says = (pattern: RegExp) => types.filter((type) => pattern.test(wordsOf(type).toLowerCase()))
  const no = new Set(says(NO))
  const yes = says(YES).filter((type) => !no.has(type))
  const [first] = types.filter((type) => !no.has(type))
  return new Set(yes.length > 0 || first === undefined ? yes : [first])
}

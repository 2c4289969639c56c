/** The maximum number of phrases in a cycle. */
const LONGEST_CYCLE = 4

/** Repeated phrases once, with their number, also where several phrases make a cycle: `(a → b) 3 times`. */
export function withoutRepetitions(phrases: readonly string[]): string[] {
  const shortened: string[] = []
  for (let at = 0; at < phrases.length;) {
    const [length, times] = cycleAt(phrases, at)
    const cycle = phrases.slice(at, at + length).join(' → ')
    shortened.push(times === 1 ? cycle : length === 1 ? `${cycle} (${times} times)` : `(${cycle}) ${times} times`)
    at += length * times
  }
  return shortened
}

function cycleAt(phrases: readonly string[], at: number): readonly [length: number, times: number] {
  for (let length = 1; length <= LONGEST_CYCLE; length++) {
    const isSame = (from: number) =>
      from + length <= phrases.length &&
      phrases.slice(from, from + length).every((each, index) => each === phrases[at + index])
    let times = 1
    while (isSame(at + times * length)) times++
    if (times > (length === 1 ? 1 : 2)) return [length, times]
  }
  return [1, 1]
}

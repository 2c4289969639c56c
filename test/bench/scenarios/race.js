/**
 * Times functions against each other in rounds (A B C A B C …), so that whatever disturbs the machine disturbs all of
 * them. A round runs each for a slice of time; a function that takes longer than its whole budget runs only once.
 * Gives, by key, ms for one run: the minimum and the median of the rounds, by the clock and by CPU time. The latter
 * leaves out what other processes took, and adds what the garbage collector's threads did.
 *
 * @typedef {{ min: number, median: number }} Timing
 * @param {{ key: string, run: () => unknown }[]} entries
 * @param {{ rounds: number, slice: number, warm: number, budget: number }} pace all but `rounds` in ms
 * @returns {Promise<Record<string, { clock: Timing, cpu: Timing, rounds: number }>>}
 */
export async function race(entries, { rounds, slice, warm, budget }) {
  const racers = []
  for (const { key, run } of entries) {
    const first = await lap(run, 1)
    racers.push({ key, run, laps: [first], spent: first.clock, repeats: 1, isSlow: first.clock > budget })
  }
  for (const racer of racers) {
    if (racer.isSlow) continue
    const end = performance.now() + Math.min(warm, budget - racer.spent)
    while (performance.now() < end) await racer.run()
    racer.repeats = Math.max(1, Math.round(slice / (await lap(racer.run, 1)).clock))
    racer.laps = []
  }
  for (let round = 0; round < rounds; round++) {
    for (const racer of racers) {
      if (racer.laps.length > 0 && racer.spent > budget) continue
      const taken = await lap(racer.run, racer.repeats)
      racer.laps.push(taken)
      racer.spent += taken.clock * racer.repeats
    }
  }
  return Object.fromEntries(racers.map(({ key, laps }) => [key, summary(laps)]))
}

async function lap(run, repeats) {
  // What the one before left behind is not for this one to sweep up.
  globalThis.gc?.({ type: 'minor' })
  const cpu = process.cpuUsage()
  const start = performance.now()
  for (let count = 0; count < repeats; count++) await run()
  const clock = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return { clock: clock / repeats, cpu: (user + system) / 1000 / repeats }
}

const summary = (laps) => ({
  clock: timing(laps.map(({ clock }) => clock)),
  cpu: timing(laps.map(({ cpu }) => cpu)),
  rounds: laps.length,
})

/** @returns {Timing} */
export function timing(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return { min: sorted[0], median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2 }
}

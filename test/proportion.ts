/** Processor time (ms) of some work. */
async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * Whether work takes more than in proportion to its size: eight times the size takes eight times as long, or 64 times
 * if it is quadratic. What else the machine does makes quick work look slow now and then, but not in each of five looks.
 * It begins with small sizes, so that quadratic work is found before it takes for ever.
 */
export async function isSuperlinear(work: (size: number) => unknown, size: number): Promise<boolean> {
  for (const long of [size / 64, size / 8, size].map(Math.ceil)) {
    if (await looksSlow(work, long)) return true
  }
  return false
}

async function looksSlow(work: (size: number) => unknown, long: number): Promise<boolean> {
  const short = Math.ceil(long / 8)
  for (let look = 0; look < 5; look++) {
    const much = await best(() => work(long), 50)
    if (much < 50) return false
    if (much < 32 * (await best(() => work(short), 0))) return false
  }
  return true
}

/** The best time of three, or the first that is below `enough`: V8 compiles what runs often, and is slow until then. */
async function best(work: () => unknown, enough: number): Promise<number> {
  let least = Infinity
  for (let run = 0; run < 3 && least >= enough; run++) least = Math.min(least, await processorTime(work))
  return least
}

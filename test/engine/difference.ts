import { type Engines, type MachineClass, perform, wishes } from './scenario.ts'

/** What XState's interpreter makes of the pipeline of a seed. */
export const expectation = (seed: number, Machine: MachineClass): Promise<string[]> =>
  perform(seed, ['stock', 'stock'], Machine)

/** Where the journal of the fast engine parts from the expected one, or undefined if it is the same to the end. */
export async function difference(
  seed: number,
  Machine: MachineClass,
  expecting = expectation(seed, Machine),
): Promise<string | undefined> {
  const wish = wishes(seed)
  const expected = await expecting
  const others: Engines[] = [['fast', 'fast']]
  if (wish.persistAt >= 0) others.push(['stock', 'fast'], ['fast', 'stock'])
  for (const engines of others) {
    const found = await perform(seed, engines, Machine)
    const at = found.findIndex((line, index) => line !== expected[index])
    const where = at === -1 && found.length < expected.length ? found.length : at
    if (where === -1) continue
    const title = `seed ${seed}, ${engines.join(' then ')}, ${JSON.stringify(wish)}, line ${where}`
    const [is = '', should = ''] = [found[where], expected[where]]
    const place = [...is].findIndex((char, index) => char !== should[index])
    const from = Math.max(0, place - 100)
    return [
      title,
      ...found.slice(Math.max(0, where - 8), where).map((line) => `  both ${line.slice(0, 200)}`),
      `expected … ${should.slice(from, from + 300)}`,
      `   found … ${is.slice(from, from + 300)}`,
    ].join('\n')
  }
  return undefined
}

// What the inspector costs a run: `npx jiti test/bench/inspector.ts`, after `npm run build`.
import { chain, fn } from 'tinyllm'
import { startInspector } from 'tinyllm/inspector'

const STEPS = 100
const ROUNDS = 300

const step = (name: string) => fn({ name, run: ({ n }: { n: number }) => ({ n: n + 1 }) })
const [first, ...rest] = Array.from({ length: STEPS }, (_, n) => step(`step${n}`))
const long = chain({ name: 'long', children: [first as never, ...(rest as never[])] }) as unknown as ReturnType<
  typeof step
>

const inspector = await startInspector({ port: 0 })
const ways = {
  'not watched': {},
  'watched by nobody': { inspect: () => {} },
  'the inspector': { inspect: inspector.inspect },
}
const best: Record<string, number> = {}
// By turns, so that a busy machine is as unkind to each; the best of each is the least disturbed.
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, options] of Object.entries(ways)) {
    const start = performance.now()
    await long.run({ n: 0 }, options)
    best[name] = Math.min(best[name] ?? Infinity, ((performance.now() - start) * 1000) / STEPS)
  }
}
await inspector.close()
for (const [name, µs] of Object.entries(best)) console.log(`${name.padEnd(20)} ${µs.toFixed(1)} µs a step`)
console.log(
  `${'the inspector adds'.padEnd(20)} ${((best['the inspector'] ?? 0) - (best['not watched'] ?? 0)).toFixed(1)} µs a step`,
)

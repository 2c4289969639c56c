import { llmCall, type RunEvent } from 'tinyllm'
import { specimens, type Specimen } from './models.ts'
import { type Reply, serve } from './servers/http.ts'

// Run as a process of its own, which any promise without an owner ends. Leaves a call of each model in each way, at each
// moment, and prints a line of JSON about each.

const text = 'Take an umbrella.'
/** In ms: enough for a request to come to the server. */
const SOON = 400

/** What ends the run: a time that was set, or somebody from outside, once the server has said what it says. */
type Way = { options?: object; settings?: object; from?: 'a signal' | 'the loop' }
const ways: Readonly<Record<string, Way>> = {
  'an abort': { from: 'a signal' },
  'leaving the loop': { from: 'the loop' },
  'the time of the run': { options: { timeout: SOON } },
  'the time of an attempt': { settings: { timeout: SOON } },
  silence: { settings: { idleTimeout: SOON, firstTokenTimeout: SOON } },
}
export type Line = {
  readonly name: string
  readonly moment: string
  readonly way: string
  readonly code: string
  /** In ms: how long it took from when it was left. */
  readonly took: number
  readonly closed: 'whole' | 'cut' | 'open' | 'never asked'
}

/** What the server says until it says no more: nothing at all, the head of a stream, or some of the text. */
function moments({ wire }: Specimen): Readonly<Record<string, { stream: boolean; reply: Reply }>> {
  const whole = wire.stream({ text })
  const first = whole.pieces.findIndex((piece) => Buffer.from(piece).includes('Take an'))
  const hanging = (pieces: Reply['pieces']): Reply => ({ ...whole, pieces, end: 'hang' })
  return {
    'before the answer': { stream: false, reply: { ...wire.whole({ text }), pieces: [], end: 'hang' } },
    'before the stream': { stream: true, reply: hanging([]) },
    'before the first token': { stream: true, reply: hanging(whole.pieces.slice(0, first)) },
    'after the first token': { stream: true, reply: hanging(whole.pieces.slice(0, first + 1)) },
  }
}

async function left(specimen: Specimen, moment: string, way: string): Promise<Line> {
  const { stream, reply } = moments(specimen)[moment]!
  const { options, settings, from } = ways[way]!
  const server = await serve(() => reply)
  const model = specimen.model(server.url, () => 'id')
  const { providerOptions } = specimen
  const chat = llmCall({ name: 'chat', model, stream, ...(providerOptions && { providerOptions }), ...settings })
  const leaving = new AbortController()
  const signal = from === 'a signal' ? leaving.signal : undefined
  const run = chat.stream('Do I need an umbrella?', { ...options, ...(signal && { signal }) })
  const events = run[Symbol.asyncIterator]()
  const ending = codeOf(events)
  if (from) await until(() => server.asked.length > 0).then(() => wait(50))
  const start = performance.now() + (from ? 0 : SOON)
  if (from === 'a signal') leaving.abort()
  if (from === 'the loop') await events.return?.()
  const code = await ending
  const took = Math.round(performance.now() - start)
  const [asked] = server.asked
  const closed = asked
    ? await Promise.race([asked.closed, wait(1000).then(() => 'open' as const)])
    : ('never asked' as const)
  await server.close()
  return { name: specimen.name, moment, way, code, took, closed }
}

async function codeOf(events: AsyncIterator<RunEvent<unknown>>): Promise<string> {
  for (;;) {
    const { done, value } = await events.next()
    if (done) return 'left'
    if (value.type === 'error') return value.error.code
    if (value.type === 'output') return 'no failure'
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(5)
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What is loaded with the first call must not take the time of the others, and jiti loads one thing at a time. */
async function warm(specimen: Specimen): Promise<void> {
  const { wire, model } = specimen
  const server = await serve((asked) => (wire.wantsStream(asked) ? wire.stream({ text }) : wire.whole({ text })))
  for (const stream of [true, false]) {
    await llmCall({ name: 'chat', model: model(server.url, () => 'id'), stream }).run('Do I need an umbrella?')
  }
  await server.close()
}

for (const specimen of specimens) {
  await warm(specimen)
  const all = Object.entries(moments(specimen)).flatMap(([moment, { stream }]) =>
    Object.keys(ways)
      // Silence is of streams.
      .filter((way) => stream || way !== 'silence')
      .map((way) => left(specimen, moment, way)),
  )
  for (const line of await Promise.all(all)) console.log(JSON.stringify(line))
}
// What was begun on behalf of a run may fail later.
await wait(200)
console.log('alive')

import { llmCall, PipelineError } from 'tinyllm'
import { specimens, type Specimen } from './models.ts'
import { type Reply, serve } from './servers/http.ts'

// Run as a process of its own, which any promise without an owner ends. Leaves a call of each model in each way, at each
// moment, and prints a line of JSON about each.

const text = 'Take an umbrella.'
/** In ms: when a run is left. */
const SOON = 150

const ways: Readonly<Record<string, { options?: () => object; settings?: object; leave?: true }>> = {
  'an abort': { options: () => ({ signal: AbortSignal.any([after(SOON)]) }) },
  'the time of the run': { options: () => ({ timeout: SOON }) },
  'the time of an attempt': { settings: { timeout: SOON } },
  silence: { settings: { idleTimeout: SOON, firstTokenTimeout: SOON } },
  'leaving the loop': { leave: true },
}
export type Line = {
  readonly name: string
  readonly moment: string
  readonly way: string
  readonly code: string
  /** In ms: how long the run took, and the server to see that nobody listens. */
  readonly took: number
  readonly closed: 'whole' | 'cut' | 'open' | 'never asked'
}

function after(ms: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), ms)
  return controller.signal
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
  const { options, settings = {}, leave } = ways[way]!
  const server = await serve(() => reply)
  const model = specimen.model(server.url, () => 'id')
  const { providerOptions } = specimen
  const chat = llmCall({ name: 'chat', model, stream, ...(providerOptions && { providerOptions }), ...settings })
  const start = performance.now()
  const code = leave ? await leaving(chat) : await codeOf(chat.run('Do I need an umbrella?', options?.() ?? {}))
  const took = performance.now() - start
  const [asked] = server.asked
  const closed = asked
    ? await Promise.race([asked.closed, wait(1000).then(() => 'open' as const)])
    : ('never asked' as const)
  await server.close()
  return { name: specimen.name, moment, way, code, took: Math.round(took), closed }
}

async function leaving(chat: { stream(input: string): AsyncIterable<unknown> }): Promise<string> {
  const events = chat.stream('Do I need an umbrella?')[Symbol.asyncIterator]()
  const reading = (async () => {
    for (;;) if ((await events.next()).done) return
  })()
  await wait(SOON)
  await events.return?.()
  await reading
  return 'left'
}

const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'no failure',
    (error: unknown) => (error instanceof PipelineError ? error.code : String(error)),
  )

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

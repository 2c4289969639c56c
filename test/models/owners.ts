import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openAIChat } from '../../src/adapters/openai.ts'
import { llmCall } from '../../src/index.ts'
import { compatibleProviders } from '../tools/sdk-versions.ts'

/** Run as a process of its own, which any promise without an owner ends. Prints each way to end, and how it ended. */
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const late = async (ms: number): Promise<never> => {
  await wait(ms)
  throw new Error(`late by ${ms} ms`)
}

type Options = { abortSignal: AbortSignal }
type Model = object
const delta = { type: 'text-delta', id: '1', delta: 'x' }
const finish = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' } }
const modelOf = (
  doStream: (options: Options) => unknown,
  doGenerate: (options: Options) => unknown = doStream,
): Model => ({
  specificationVersion: 'v3',
  provider: 'fake.chat',
  modelId: 'm',
  doStream,
  doGenerate,
})

/** What is asked as a whole is refused some time after it was called off. */
const refusing = ({ abortSignal }: Options) =>
  new Promise((_, reject) => abortSignal.addEventListener('abort', () => void late(10).catch(reject)))

/** A stream that hears of the abort or not, and fails so many ms after it began, or after it was aborted. */
const streaming = ({ hears = true, failsAt = Infinity, failsAfterAbort = Infinity, cancel = () => {} }) =>
  modelOf(({ abortSignal }) => {
    let timer: ReturnType<typeof setInterval>
    const stream = new ReadableStream({
      start(controller) {
        const fail = (why: unknown) => {
          clearInterval(timer)
          try {
            controller.error(why)
          } catch {
            // It had ended.
          }
        }
        timer = setInterval(() => controller.enqueue(delta), 5)
        if (failsAt < Infinity) setTimeout(fail, failsAt, new Error('broke'))
        abortSignal.addEventListener('abort', () => {
          if (failsAfterAbort < Infinity) setTimeout(fail, failsAfterAbort, new Error('broke later'))
          else if (hears) fail(abortSignal.reason)
        })
      },
      cancel: () => (clearInterval(timer), cancel()),
    })
    return Promise.resolve({ stream })
  }, refusing)

/** As one provider does it: reads the body of a request, and cancels that without looking after it. */
const careless = (url: string) =>
  modelOf(async ({ abortSignal }) => {
    const reader = (await fetch(url, { signal: abortSignal })).body!.getReader()
    const stream = new ReadableStream({
      async pull(controller) {
        for (;;) {
          const { done } = await reader.read()
          if (done) return controller.close()
          controller.enqueue(delta)
        }
      },
      cancel: () => void reader.cancel(),
    })
    return { stream: stream.pipeThrough(new TransformStream()) }
  }, refusing)

const ending = (parts: unknown[], beside = (): object => ({})) =>
  modelOf(() => Promise.resolve({ stream: ReadableStream.from(parts), ...beside() }))

const clientOf = (next: () => Promise<unknown>, back?: () => Promise<unknown>) => ({
  chat: {
    completions: {
      create: async () => ({ [Symbol.asyncIterator]: () => ({ next, ...(back && { return: back }) }) }),
    },
  },
})
const chunk = { choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }] }
const slowly = async () => {
  await wait(5)
  return { done: false, value: chunk }
}

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const timer = setInterval(() => response.write(`data: ${JSON.stringify(chunk)}\n\n`), 5)
  response.on('close', () => clearInterval(timer))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
const access = { apiKey: 'key', baseURL: url }

const models: Record<string, Model> = {
  'hears of the abort': streaming({}),
  'does not hear of the abort': streaming({ hears: false }),
  'breaks by itself': streaming({ failsAt: 25 }),
  'breaks at once': streaming({ failsAt: 0 }),
  'breaks after the abort': streaming({ failsAfterAbort: 20 }),
  'cannot be canceled': streaming({ hears: false, cancel: () => late(5) as never }),
  'throws when it is canceled': streaming({
    hears: false,
    cancel: () => {
      throw new Error('no')
    },
  }),
  'begins something nobody looks after when it is canceled': careless(url),
  'is refused late': modelOf(() => late(60)),
  'is refused at once': modelOf(() => late(0)),
  'throws at once': modelOf(() => {
    throw new Error('no')
  }),
  'comes late': modelOf(async () => {
    await wait(80)
    return { stream: new ReadableStream(), content: [], finishReason: 'stop' }
  }),
  'has promises beside it': ending([delta, finish], () => ({ request: late(0), response: late(5) })),
  'says an error': ending([delta, { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }]),
  'has no stream': modelOf(async () => ({})),
}
for (const [version, create] of compatibleProviders)
  models[`of the compatible package, ${version}`] = create({ name: 'test', ...access })('m')
const clients: Record<string, object> = {
  'of the openai package': access,
  'goes on for ever': { client: clientOf(slowly) },
  'fails when it is left': { client: clientOf(slowly, () => late(5)) },
  'fails late': { client: clientOf(() => late(60)) },
  'fails at once': { client: clientOf(() => late(0)) },
}
const ends: Record<string, { patience?: object; timeout?: number; abort?: number }> = {
  'at its own end': { timeout: 150 },
  'by an abort at once': { abort: 0 },
  'by an abort': { abort: 30 },
  'by a timeout': { timeout: 30 },
  'by idleTimeout': { patience: { idleTimeout: 2 } },
  'by firstTokenTimeout': { patience: { firstTokenTimeout: 1 } },
}

// What is loaded on first use must be whole before many use it at once.
await llmCall({ name: 'c', model: models['says an error'] as never, stream: true }).safeRun('Hi')
await openAIChat({ name: 'c', model: 'm', ...(clients['fails at once'] as object) } as never).safeRun('Hi')

const runs = Object.entries(ends).flatMap(([end, { patience = {}, timeout, abort }]) => {
  const policy = { name: 'c', ...(timeout && { timeout }) }
  const options = () => {
    const stop = new AbortController()
    if (abort !== undefined) setTimeout(() => stop.abort(), abort)
    return { signal: stop.signal }
  }
  const told = async (name: string, running: Promise<{ error?: { code: string } | undefined }>) =>
    console.log(`${name}, ${end}: ${(await running).error?.code ?? 'ok'}`)
  return [
    ...Object.entries(models).flatMap(([name, model]) => [
      told(name, llmCall({ ...policy, ...patience, model: model as never, stream: true }).safeRun('Hi', options())),
      ...('patience' in ends[end]!
        ? []
        : [told(`${name}, whole`, llmCall({ ...policy, model: model as never }).safeRun('Hi', options()))]),
    ]),
    ...Object.entries(clients).map(([name, client]) =>
      told(
        `a client ${name}`,
        openAIChat({ ...policy, ...patience, model: 'm', stream: true, ...client } as never).safeRun('Hi', options()),
      ),
    ),
  ]
})
await Promise.all(runs)
await wait(150)
server.closeAllConnections()
server.close()
console.log('alive')

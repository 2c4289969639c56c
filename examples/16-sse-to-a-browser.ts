// To a browser, as server-sent events: one Response that streams a run. When the browser leaves, the run stops.
// Run it: npx tinyllm run examples/16-sse-to-a-browser.ts
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { llmCall } from 'tinyllm'

export const poet = llmCall({
  name: 'poet',
  timeout: { idle: 10_000 },
  model: async (_, { emit, signal }) => {
    for (const delta of ['Roses ', 'are ', 'red.']) {
      await setTimeout(5, undefined, { signal })
      emit({ type: 'token', delta })
    }
    return 'Roses are red.'
  },
})

export const sample = 'A line about roses'

/** For Next.js, Hono, Deno, Workers: `export const GET = (request) => respond(request)`. */
export function respond(request: Request): Response {
  const topic = new URL(request.url).searchParams.get('topic') ?? sample
  const events = poet.stream(topic, { signal: request.signal })[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await events.next()
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`))
    },
    cancel: async () => void (await events.return?.()),
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}

// In the browser:
//   const source = new EventSource('/?topic=roses')
//   source.addEventListener('token', ({ data }) => show(JSON.parse(data).delta))
//   source.addEventListener('output', () => source.close()) // and for 'error'

export async function main() {
  // For Node's own server: write the body of the Response, until the connection is closed.
  const server = createServer(async (incoming, outgoing) => {
    const gone = new AbortController()
    outgoing.on('close', () => gone.abort())
    const response = respond(new Request(`http://localhost${incoming.url}`, { signal: gone.signal }))
    outgoing.setHeaders(response.headers)
    for await (const chunk of response.body ?? []) outgoing.write(chunk)
    outgoing.end()
  })
  await once(server.listen(0), 'listening')
  const text = await (await fetch(`http://localhost:${Object(server.address()).port}/?topic=roses`)).text()
  server.close()
  return text.match(/^event: (?:token|output)$/gm)
}

// node examples/16-sse-to-a-browser.ts (before Node 22.18: npx jiti examples/16-sse-to-a-browser.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

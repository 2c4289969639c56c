type Bytes = Uint8Array | string

/** In ms: how long the end of a connection is waited for once the answer is whole, so that it can be used again. */
const REST = 100

/** The text of a body in pieces, however its bytes are cut; leaving it early, or the signal, lets the connection go. */
export async function* textIn(body: unknown, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const bytes of bytesIn(body, signal)) {
    yield typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true })
  }
  yield decoder.decode()
}

/** Whether nobody has begun to read the body. */
export const isReadable = (body: unknown): boolean =>
  typeof (body as Partial<ReadableStream> | null)?.getReader === 'function' && !(body as ReadableStream).locked

/** A stream is an async iterable in Node, yet not in every browser. */
async function* bytesIn(body: unknown, signal: AbortSignal): AsyncGenerator<Bytes> {
  const reader = (body as ReadableStream<Bytes>).getReader()
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  let isEnded = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      isEnded = done
      if (done) return
      yield value
    }
  } catch (thrown) {
    isEnded = true
    throw thrown
  } finally {
    if (!isEnded && !signal.aborted) await rest(reader)
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

/** Reads what little comes after the end of an answer. */
async function rest(reader: ReadableStreamDefaultReader<Bytes>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<{ done: true }>((resolve) => {
    timer = setTimeout(resolve, REST, { done: true })
  })
  const read = () => reader.read().catch(() => ({ done: true }))
  while (!(await Promise.race([read(), late])).done);
  clearTimeout(timer)
}

type BodyChunk = Uint8Array | string

/** In ms: how long the end of a connection is waited for once the answer is whole, so that it can be used again. */
const DRAIN_TIMEOUT = 100

/** The text of a body in pieces, however its bytes are cut; leaving it early, or the signal, lets the connection go. */
export async function* decodeBody(body: unknown, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const bytes of readChunks(body, signal)) {
    yield typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true })
  }
  yield decoder.decode()
}

/** Whether nobody has begun to read the body. */
export const isUnreadStream = (body: unknown): boolean =>
  typeof (body as Partial<ReadableStream> | null)?.getReader === 'function' && !(body as ReadableStream).locked

/** A stream is an async iterable in Node, yet not in every browser. */
async function* readChunks(body: unknown, signal: AbortSignal): AsyncGenerator<BodyChunk> {
  const reader = (body as ReadableStream<BodyChunk>).getReader()
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
    if (!isEnded && !signal.aborted) await drain(reader)
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

/** Reads what little comes after the end of an answer. */
async function drain(reader: ReadableStreamDefaultReader<BodyChunk>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<{ done: true }>((resolve) => {
    timer = setTimeout(resolve, DRAIN_TIMEOUT, { done: true })
  })
  const read = () => reader.read().catch(() => ({ done: true }))
  while (!(await Promise.race([read(), late])).done);
  clearTimeout(timer)
}

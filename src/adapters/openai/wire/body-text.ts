type BodyChunk = Uint8Array | string

/**
 * In ms: how long to wait for the end of the body after the answer is complete, so that the connection can be reused.
 */
const DRAIN_TIMEOUT = 100

/**
 * Decodes a body in chunks, also if a character is split. Breaking out of the loop, or the signal, releases the
 * connection.
 */
export async function* decodeBody(body: unknown, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const bytes of readChunks(body, signal)) {
    yield typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true })
  }
  yield decoder.decode()
}

/** Whether the body is a stream that has not been read yet. */
export const isUnreadStream = (body: unknown): boolean =>
  typeof (body as Partial<ReadableStream> | null)?.getReader === 'function' && !(body as ReadableStream).locked

/** In some browsers a stream is not an async iterable. */
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

/** Reads the rest of the body after the end of an answer. */
async function drain(reader: ReadableStreamDefaultReader<BodyChunk>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<{ done: true }>((resolve) => {
    timer = setTimeout(resolve, DRAIN_TIMEOUT, { done: true })
  })
  const read = () => reader.read().catch(() => ({ done: true }))
  while (!(await Promise.race([read(), late])).done);
  clearTimeout(timer)
}

import { appendFileSync, closeSync, openSync } from 'node:fs'
import type { JournalStore } from '../journal/journal-store.ts'

/** Writes every row to a file, also those of the last moment; returns how to end that. */
export function recordTo(file: string, store: JournalStore, onError: (error: unknown) => void): () => void {
  const descriptor = openSync(file, 'w')
  let rows: string[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (rows.length === 0) return
    const text = `${rows.join('\n')}\n`
    rows = []
    try {
      appendFileSync(descriptor, text)
    } catch (error) {
      unlisten()
      onError(error)
    }
  }
  const unlisten = store.listen((_, row) => {
    rows.push(row)
    timer ??= setTimeout(flush, 100).unref()
  })
  const last = () => {
    store.flush()
    flush()
  }
  process.on('exit', last)
  let isClosed = false
  return () => {
    // By then the number may be another file's.
    if (isClosed) return
    isClosed = true
    last()
    unlisten()
    process.off('exit', last)
    closeSync(descriptor)
  }
}

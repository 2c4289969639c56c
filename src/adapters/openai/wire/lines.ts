/** Splits a text that arrives in chunks into lines, which end with CR, LF or both. */
export async function* splitLines(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let held: string[] = []
  let afterReturn = false
  for await (const piece of pieces) {
    if (piece === '') continue
    // CR and LF may be in two chunks.
    const lines = (afterReturn && piece.startsWith('\n') ? piece.slice(1) : piece).split(/\r\n|\r|\n/)
    afterReturn = piece.endsWith('\r')
    const rest = lines.pop() as string
    for (const line of lines) {
      yield [...held, line].join('')
      held = []
    }
    held.push(rest)
  }
  yield held.join('')
}

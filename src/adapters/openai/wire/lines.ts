/** The lines of a text that comes in pieces, without what ends them: CR, LF or both. */
export async function* splitLines(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let held: string[] = []
  let afterReturn = false
  for await (const piece of pieces) {
    if (piece === '') continue
    // The two halves of one end may come in two pieces.
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

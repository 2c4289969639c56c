import { useState } from 'preact/hooks'

const MAX_CHARACTERS = 6000

/** A value as JSON that can be read; text stays text. */
export function Value({ value, testId }: { value: unknown; testId?: string }) {
  const [isWhole, setWhole] = useState(false)
  if (value === undefined) return <pre class="value none">—</pre>
  const text =
    typeof value === 'string'
      ? value
      : isShortList(value)
        ? JSON.stringify(value).replaceAll(',', ', ')
        : JSON.stringify(value, null, 2)
  const cut = !isWhole && text.length > MAX_CHARACTERS
  return (
    <div class="value-box">
      <pre class="value" data-testid={testId}>
        {typeof value === 'string'
          ? cut
            ? text.slice(0, MAX_CHARACTERS)
            : text
          : highlightJson(cut ? text.slice(0, MAX_CHARACTERS) : text)}
      </pre>
      {cut && (
        <button class="more" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
    </div>
  )
}

/** Numbers below each other are no easier to read. */
const isShortList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'number' || typeof item === 'boolean' || item === null)

// A text may be cut: its end is not asked for.
const TOKENS = /("(?:[^"\\]|\\.)*"?)(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/gi

function highlightJson(json: string) {
  const parts = []
  let at = 0
  for (const match of json.matchAll(TOKENS)) {
    const [whole, text, colon, word] = match
    parts.push(json.slice(at, match.index))
    const kind = text === undefined ? (word === undefined ? 'number' : 'word') : colon === undefined ? 'text' : 'key'
    parts.push(<span class={`json-${kind}`}>{text ?? whole}</span>, colon ?? '')
    at = match.index + whole.length
  }
  parts.push(json.slice(at))
  return parts
}

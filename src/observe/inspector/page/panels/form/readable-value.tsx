import { useState } from 'preact/hooks'
import { Value } from '../value.tsx'

/** Longer texts are folded up, longer lists go on as JSON, deeper values too. */
const [MAX_CHARACTERS, MAX_PARTS, MAX_DEPTH] = [1200, 40, 4]

/** A value for people: texts as texts, fields with their names, lists as lists. */
export function ReadableValue({ value, depth = 0 }: { value: unknown; depth?: number }) {
  if (typeof value === 'string') return <LongText text={value} />
  if (value === null || value === undefined || value === '') return <span class="none">none</span>
  if (typeof value === 'boolean') return <span>{value ? 'yes' : 'no'}</span>
  if (typeof value !== 'object') return <span>{String(value)}</span>
  const parts = Object.entries(value)
  if (parts.length === 0) return <span class="none">empty</span>
  if (depth > MAX_DEPTH || parts.length > MAX_PARTS) return <Value value={value} />
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' && String(item).length < 40))
      return <span>{value.join(', ')}</span>
    return (
      <ol>
        {value.map((item, index) => (
          <li key={index}>
            <ReadableValue value={item} depth={depth + 1} />
          </li>
        ))}
      </ol>
    )
  }
  return (
    <dl>
      {parts.map(([name, part]) => (
        <div key={name} class={typeof part === 'object' && part !== null ? 'nested' : undefined}>
          <dt>{name}</dt>
          <dd>
            <ReadableValue value={part} depth={depth + 1} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function LongText({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false)
  if (text === '') return <span class="none">empty</span>
  const cut = !isWhole && text.length > MAX_CHARACTERS
  return (
    <>
      <span class="text" dir="auto">
        {cut ? `${text.slice(0, MAX_CHARACTERS)}…` : text}
      </span>
      {cut && (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  )
}

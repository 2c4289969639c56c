import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { type Draft, listDraft } from './draft.ts'

type Props = {
  label: string
  draft: Draft
  set: (draft: Draft) => void
  /** The fields of one item. */
  item: (index: number, draft: Draft, set: (draft: Draft) => void) => ComponentChildren
}

/** The items of a list, each with its own fields. */
export function ListField({ label, draft, set, item }: Props) {
  const items = listDraft(draft)
  const place = useRef<HTMLOListElement>(null)
  const added = useRef(false)
  // Who adds an item goes on in it.
  useLayoutEffect(() => {
    if (added.current)
      place.current?.querySelector<HTMLElement>(':scope > li:last-child :is(input, select, textarea)')?.focus()
    added.current = false
  }, [items.length])
  return (
    <>
      <ol ref={place} class="list">
        {items.map((part, index) => (
          <li key={index}>
            {item(index, part, (value) => set(items.map((one, other) => (other === index ? value : one))))}
            <button
              type="button"
              class="small"
              aria-label={`Remove ${label} ${index + 1}`}
              onClick={() => set(items.filter((_, other) => other !== index))}
            >
              Remove
            </button>
          </li>
        ))}
      </ol>
      <button
        type="button"
        class="small"
        onClick={() => {
          added.current = true
          set([...items, undefined])
        }}
      >
        Add to {label}
      </button>
    </>
  )
}

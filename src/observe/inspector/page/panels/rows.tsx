import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

type Props = {
  count: number
  /** In px. */
  height: number
  class?: string
  /** Stays at the end while it grows, as long as one is there. */
  stick?: boolean
  row: (at: number) => ComponentChildren
}

/** A long list of which only what can be seen is there. */
export function Rows({ count, height, class: name, stick = false, row }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const wasAtEnd = useRef(true)
  const room = box.current?.clientHeight || 400
  useLayoutEffect(() => {
    if (stick && wasAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [count, stick])
  const first = Math.max(0, Math.min(Math.floor(top / height) - 4, count - 1))
  const last = Math.min(count, Math.ceil((top + room) / height) + 4)
  return (
    <div
      ref={box}
      class={`rows ${name ?? ''}`}
      onScroll={({ currentTarget }) => {
        wasAtEnd.current = currentTarget.scrollTop + currentTarget.clientHeight >= currentTarget.scrollHeight - height
        setTop(currentTarget.scrollTop)
      }}
    >
      <div style={{ height: count * height, position: 'relative' }}>
        {Array.from({ length: Math.max(0, last - first) }, (_, at) => (
          <div key={first + at} style={{ position: 'absolute', top: (first + at) * height, height, left: 0, right: 0 }}>
            {row(first + at)}
          </div>
        ))}
      </div>
    </div>
  )
}

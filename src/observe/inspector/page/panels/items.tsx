import { useMemo, useState } from 'preact/hooks'
import type { IndexedState } from '../../journal/indexed-chart.ts'
import type { ActorView } from '../../journal/run-view.ts'
import type { App } from '../state/app.ts'
import { previewValue, type StartedItem, type ItemStatus, startedItems } from '../state/items.ts'

/** So many rows at first. */
const FIRST_ROWS = 300
const ITEM_STATUS_SIGNS: Readonly<Record<ItemStatus, string>> = {
  failed: '✕',
  waiting: '‖',
  running: '●',
  rejected: '⊖',
  stopped: '⊘',
  done: '✓',
}

/** The actors that a state has started: the items of a map, the calls of tools, or a machine of its own. Each opens with its own chart. */
export function ItemList({ app, actor, index }: { app: App; actor: ActorView; index: number }) {
  const [only, setOnly] = useState<ItemStatus>()
  const [most, setMost] = useState(FIRST_ROWS)
  const { actors } = actor.chart?.states[index] ?? {}
  const items = startedItems(app.view, actor, index)
  if (items.length === 0) return null
  const counts = new Map<ItemStatus, number>()
  for (const { status } of items) counts.set(status, (counts.get(status) ?? 0) + 1)
  const chosen = only !== undefined && counts.has(only) ? only : undefined
  const shown = chosen === undefined ? items : items.filter(({ status }) => status === chosen)
  return (
    <section>
      <h3>{titleFor(actors, items.length)}</h3>
      {counts.size > 1 && (
        <div class="filters" role="group" aria-label="Items that are shown">
          {[...counts].map(([status, count]) => (
            <button
              key={status}
              aria-pressed={status === chosen}
              onClick={() => setOnly(status === chosen ? undefined : status)}
            >
              {ITEM_STATUS_SIGNS[status]} {count} {status}
            </button>
          ))}
        </div>
      )}
      <ul class="items" data-testid="items">
        {shown.slice(0, most).map((item) => (
          <ItemRow key={item.actor} app={app} item={item} />
        ))}
      </ul>
      {shown.length > most && (
        <button class="small" onClick={() => setMost(shown.length)}>
          Show all {shown.length}
        </button>
      )}
    </section>
  )
}

function titleFor(actors: IndexedState['actors'], count: number): string {
  if (actors === 'items') return `${count} items`
  return actors === 'calls' ? `${count} ${count === 1 ? 'call' : 'calls'}` : 'Actors'
}

function ItemRow({ app, item: { actor, name, status, input: given } }: { app: App; item: StartedItem }) {
  const input = useMemo(() => previewValue(given), [given])
  return (
    <li>
      <button
        class={`item item-${status}`}
        data-item={name}
        title={input}
        aria-label={`${name} ${status} ${input}`}
        disabled={!app.view?.actors.get(actor)?.chart}
        onClick={() => app.showActor(actor)}
      >
        <span aria-hidden="true">{ITEM_STATUS_SIGNS[status]}</span>
        <b>{name}</b>
        <span class="item-input">{input}</span>
        {status !== 'done' && <span class="item-status">{status}</span>}
      </button>
    </li>
  )
}

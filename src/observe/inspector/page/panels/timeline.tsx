import type { IndexedState } from '../../journal/indexed-chart.ts'
import type { NodeView, RunView, Span } from '../../journal/run-view.ts'
import type { ChartView } from '../chart/chart-view.ts'
import { actorTitle } from '../../journal/pending-waits.ts'
import { formatDuration, stateName } from '../../layout/labels.ts'
import type { App } from '../state/app.ts'
import { Rows } from './rows.tsx'

type TimelineRow = {
  readonly actor: number
  readonly index: number
  readonly label: string
  readonly node: NodeView
  readonly look: '' | 'streams' | 'waits'
}

/** Time: a bar for every function, and a handle to go back and forth. */
export function Timeline({ app, chart }: { app: App; chart: ChartView }) {
  const { journal } = app
  const all = journal?.view
  const lines = journal?.lines.length ?? 0
  const most = Math.max(all?.t ?? 0, app.live ? app.now() : 0, 1)
  const rows = all ? timelineRows(all) : []
  const playhead = app.live ? 1 : Math.min(1, (app.view?.t ?? 0) / most)
  const at = app.cursor ?? lines
  return (
    <footer>
      <div class="scrubber">
        <button class={app.live ? 'live on' : 'live'} title="Live again (l)" onClick={() => app.seek(undefined)}>
          {app.live ? '● Live' : '▶ Go live'}
        </button>
        <button class="icon" title="One step back (←)" aria-label="One step back" onClick={() => app.seek(at - 1)}>
          ‹
        </button>
        <button
          class="icon"
          title="One step on (→)"
          aria-label="One step on"
          onClick={() => app.seek(at + 1 >= lines ? undefined : at + 1)}
        >
          ›
        </button>
        <input
          type="range"
          aria-label="Time travel"
          min={1}
          max={Math.max(1, lines)}
          value={at}
          onInput={({ currentTarget }) => {
            const value = Number(currentTarget.value)
            app.seek(value >= lines ? undefined : value)
          }}
        />
        <span class="position" data-testid="position">
          {at} / {lines}
        </span>
        <span class="position time">{formatDuration(app.view?.t ?? 0)}</span>
      </div>
      <div class="gantt">
        <Axis most={most} onSeek={(part) => journal && app.seek(journal.countAt(part * most))} />
        <Rows
          count={rows.length}
          height={22}
          stick={app.live && app.follow}
          row={(number) => {
            const row = rows[number] as TimelineRow
            const isSelected = app.selected?.index === row.index && app.selected.actor === row.actor
            return (
              <div
                class={`bar-row${isSelected ? ' selected' : ''}`}
                onClick={() => {
                  if (app.actor !== row.actor) app.showActor(row.actor)
                  app.select({ actor: row.actor, index: row.index })
                  chart.reveal(row.index)
                }}
              >
                <span class="bar-name" title={row.label}>
                  {row.label}
                </span>
                <div class="bars">
                  {row.node.spans.slice(-200).map((span) => (
                    <Bar
                      key={`${span.start}${span.state}`}
                      span={span}
                      row={row}
                      most={most}
                      now={app.live ? app.now() : (all?.t ?? 0)}
                    />
                  ))}
                </div>
              </div>
            )
          }}
        />
        <div class="playhead-track">
          <i class="playhead" style={{ left: `${playhead * 100}%` }} />
        </div>
      </div>
    </footer>
  )
}

const OUTCOMES: ReadonlySet<string> = new Set(['failed', 'rejected', 'stopped'])

function Bar({ span, row, most, now }: { span: Span; row: TimelineRow; most: number; now: number }) {
  const { start, end = now, state, attempt } = span
  const isLast = row.node.spans.at(-1) === span
  const outcome = isLast && span.end !== undefined && OUTCOMES.has(row.node.state) ? row.node.state : ''
  const isOpen = span.end === undefined ? 'open' : ''
  const kind = state.startsWith('validating') ? 'validating' : state
  return (
    <i
      class={`bar bar-${kind} ${outcome} ${isOpen} ${row.look}`}
      style={{ left: `${(start / most) * 100}%`, width: `${(Math.max(0, end - start) / most) * 100}%` }}
      title={`${state}${attempt > 1 ? `, try ${attempt}` : ''}: ${formatDuration(end - start)}`}
    />
  )
}

function Axis({ most, onSeek }: { most: number; onSeek: (part: number) => void }) {
  const step = niceStep(most / 8)
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step).filter(
    (tick) => tick < most * 0.96,
  )
  return (
    <div class="axis">
      <span class="bar-name" />
      <div
        class="ticks"
        onPointerDown={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect()
          onSeek((event.clientX - left) / width)
        }}
      >
        {ticks.map((tick) => (
          <i key={tick} style={{ left: `${(tick / most) * 100}%` }}>
            {tick === 0 ? '0' : formatDuration(tick)}
          </i>
        ))}
      </div>
    </div>
  )
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 0.1)))
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least) ?? 10 * power
}

function barStyle({ waits, meta }: IndexedState, node: NodeView): TimelineRow['look'] {
  if (waits) return 'waits'
  return node.tokens > 0 || node.text !== '' || meta?.model !== undefined ? 'streams' : ''
}

const cache: { view: RunView | undefined; begun: number; rows: TimelineRow[] } = {
  view: undefined,
  begun: -1,
  rows: [],
}

/** The leaves that were begun, in the order in which they were. */
function timelineRows(view: RunView): readonly TimelineRow[] {
  let begun = 0
  for (const actor of view.actors.values()) begun += actor.nodes.size
  if (cache.view === view && cache.begun === begun) return cache.rows
  const rows: TimelineRow[] = []
  for (const actor of view.actors.values()) {
    for (const [index, node] of actor.nodes) {
      const state = actor.chart?.states[index]
      if (!state || state.inside.length > 0 || state.tool || state.type === 'final' || node.spans.length === 0) continue
      const keys = (state.path ?? state.key).split('.')
      // An item has a place that its path does not tell.
      const isItem = actor.actor !== 0 && actor.id !== actor.chart?.states[0]?.path
      const around = actor.call ? actorTitle(actor) : isItem ? actor.id.split('.').at(-1) : keys.at(-2)
      // The title of a call has the name of the tool.
      const name = actor.call && index === 0 ? undefined : stateName(state)
      const label = [around, name].filter((word) => word !== undefined).join(' › ')
      rows.push({
        actor: actor.actor,
        index,
        label,
        node,
        look: barStyle(state, node),
      })
    }
  }
  Object.assign(cache, {
    view,
    begun,
    rows: rows.toSorted((a, b) => (a.node.spans[0]?.start ?? 0) - (b.node.spans[0]?.start ?? 0)),
  })
  return cache.rows
}

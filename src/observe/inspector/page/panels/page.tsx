import { useEffect, useRef } from 'preact/hooks'
import type { ChartView } from '../chart/chart-view.ts'
import type { App, Tab } from '../state/app.ts'
import { ComparePanel } from './compare.tsx'
import { EventsPanel } from './events.tsx'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { SequencePanel } from './sequence.tsx'
import { StatePanel } from './state.tsx'
import { Timeline } from './timeline.tsx'
import { Breadcrumbs } from './breadcrumbs.tsx'

const TAB_LABELS: readonly (readonly [Tab, string])[] = [
  ['state', 'State'],
  ['sequence', 'Sequence'],
  ['events', 'Events'],
  ['compare', 'Compare'],
]

export function Page({ app, chart }: { app: App; chart: ChartView }) {
  return (
    <div class="page">
      <Header app={app} chart={chart} />
      <main>
        <Mount chart={chart} />
        <Breadcrumbs app={app} chart={chart} />
        <EmptyPage app={app} />
        <aside>
          <nav role="tablist" aria-label="What is shown beside the chart">
            {TAB_LABELS.map(([tab, label]) => (
              <button
                key={tab}
                role="tab"
                aria-selected={app.tab === tab}
                onClick={() => {
                  app.tab = tab
                  app.changed()
                }}
              >
                {label}
              </button>
            ))}
          </nav>
          <div class="panel" role="tabpanel">
            {app.tab === 'state' && <StatePanel app={app} chart={chart} />}
            {app.tab === 'sequence' && <SequencePanel app={app} />}
            {app.tab === 'events' && <EventsPanel app={app} chart={chart} />}
            {app.tab === 'compare' && <ComparePanel app={app} chart={chart} />}
          </div>
        </aside>
      </main>
      <Timeline app={app} chart={chart} />
      {app.help && <Help app={app} />}
      {app.notice && (
        <div class="notice" role="alert">
          {app.notice}
        </div>
      )}
    </div>
  )
}

/** The chart paints itself; it only needs a place. */
function Mount({ chart }: { chart: ChartView }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.append(chart.element), [chart])
  return <div class="stage" ref={place} />
}

function EmptyPage({ app }: { app: App }) {
  if (app.view?.actors.size) return null
  return (
    <div class="empty">
      <h2>{app.connection === 'lost' ? 'The server is gone' : 'Waiting for a run'}</h2>
      <p>
        {app.connection === 'lost'
          ? 'The program that was watched has ended, or this page was opened without its token. Open the URL that the program printed.'
          : 'Give the inspector to a run, and its chart appears here:'}
      </p>
      {app.connection !== 'lost' && (
        <pre>
          pipeline.run(input, {'{'} inspect: inspector.inspect {'}'})
        </pre>
      )}
      <p>Or drop a recorded journal (.jsonl) or an exported run (.html) on this page.</p>
    </div>
  )
}

import type { PendingWait } from '../../../journal/pending-waits.ts'
import type { App } from '../../state/app.ts'
import { EventForm } from './event-form.tsx'
import { ReadableValue } from './readable-value.tsx'
import { primaryEvents } from './event-labels.ts'

/** So many are shown open, and so many at all. */
const [MAX_OPEN_WAITS, MAX_WAITS] = [3, 50]

/** The pending waits, each with its input and a form for each event. */
export function WaitForms({ app, waits }: { app: App; waits: readonly PendingWait[] }) {
  if (waits.length === 0) return null
  return (
    <section class="waiting" data-testid="waiting">
      <h3>‖ {waits.length === 1 ? 'Waits for an event' : `${waits.length} wait for an event`}</h3>
      {waits.slice(0, MAX_WAITS).map((wait, at) =>
        waits.length <= MAX_OPEN_WAITS ? (
          <article key={wait.key}>
            {waits.length > 1 && <p class="path">{wait.path}</p>}
            <WaitForm app={app} wait={wait} />
          </article>
        ) : (
          <details key={wait.key} open={at === 0}>
            <summary>{wait.path}</summary>
            <WaitForm app={app} wait={wait} />
          </details>
        ),
      )}
      {waits.length > MAX_WAITS && (
        <p class="hint">{waits.length - MAX_WAITS} more. Open the items of the map to see them.</p>
      )}
    </section>
  )
}

function WaitForm({ app, wait }: { app: App; wait: PendingWait }) {
  const { input, call, events, path, key } = wait
  const primary = primaryEvents(events.map(({ type }) => type))
  const refused = app.view?.refusals.filter((one) => one.path === path).at(-1)
  return (
    <>
      {call && (
        <p class="call">
          The model wants to call <b>{call.name}</b> <code>{call.id}</code>
        </p>
      )}
      {input !== undefined && (
        <div class="judged" data-testid="judged">
          <ReadableValue value={input} />
        </div>
      )}
      {events.map((event) => (
        <EventForm
          key={`${key}${event.type}`}
          app={app}
          wait={wait}
          event={event}
          isPrimary={primary.has(event.type)}
        />
      ))}
      {refused && (
        <p class="refused" data-testid="refusal">
          Rejected last: {refused.type} <code>{refused.code}</code> {refused.reason}
        </p>
      )}
    </>
  )
}

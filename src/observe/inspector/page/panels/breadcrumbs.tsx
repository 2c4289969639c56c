import { stateName } from '../../layout/labels.ts'
import { poolItemOf, actorTitle } from '../../journal/pending-waits.ts'
import type { ChartView } from '../chart/chart-view.ts'
import type { App, Selection } from '../state/app.ts'
import { startedItems, nextWithStatus, startedBy } from '../state/items.ts'

/** Over the chart of an item: the way back to its map and everything around, and on to the next that needs a look. */
export function Breadcrumbs({ app, chart }: { app: App; chart: ChartView }) {
  const { view, actorView } = app
  const from = view && startedBy(view, app.actor)
  if (!view || !actorView || !from) return null
  const places = placesAbove(app, from)
  const items = startedItems(view, view.actors.get(from.actor), poolOf(app, from))
  const item = poolItemOf(actorView)
  const [failed, waiting] = [nextWithStatus(items, app.actor, 'failed'), nextWithStatus(items, app.actor, 'waiting')]
  const back = (place: Selection) => {
    app.back(place)
    chart.reveal(place.index)
  }
  return (
    <nav class="trail" aria-label="Where the shown chart belongs" data-testid="trail">
      {places.map((place) => (
        <span key={place.actor}>
          <button onClick={() => back(place)} title="Back to where it was started (b)">
            {place === places.at(-1) ? '‹ ' : ''}
            {breadcrumbLabel(app, place)}
          </button>{' '}
          ›{' '}
        </span>
      ))}
      <b>
        {item ? `${actorTitle(actorView)} of ${items.length}${actorView.call ? ' calls' : ''}` : actorTitle(actorView)}
      </b>
      {failed && <button onClick={() => app.showActor(failed.actor)}>Next failed</button>}
      {waiting && <button onClick={() => app.showActor(waiting.actor)}>Next waiting</button>}
    </nav>
  )
}

/** Beside a call of a tool are those of the other tools. */
function poolOf({ view }: App, { actor, index }: Selection): number {
  const { states } = view?.actors.get(actor)?.chart ?? {}
  return (states?.[index]?.tool ? states[index].within : undefined) ?? index
}

/** The outermost first. */
function placesAbove(app: App, from: Selection): Selection[] {
  const above = app.view && startedBy(app.view, from.actor)
  return above ? [...placesAbove(app, above), from] : [from]
}

/** A state that started it, after the item in which that is. */
function breadcrumbLabel({ view }: App, { actor, index }: Selection): string {
  const owner = view?.actors.get(actor)
  const name = stateName(owner?.chart?.states[index] ?? { key: '' })
  return owner && poolItemOf(owner) ? `${actorTitle(owner)} ${name}` : name
}

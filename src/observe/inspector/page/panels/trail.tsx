import { nameOf } from '../../layout/names.ts'
import { itemOf, titleOf } from '../../journal/waits.ts'
import type { ChartView } from '../chart/chart.ts'
import type { App, Place } from '../state/app.ts'
import { itemsOf, nextOf, startedBy } from '../state/items.ts'

/** Over the chart of an item: the way back to its map and everything around, and on to the next that needs a look. */
export function Trail({ app, chart }: { app: App; chart: ChartView }) {
  const { view, actorView } = app
  const from = view && startedBy(view, app.actor)
  if (!view || !actorView || !from) return null
  const places = placesAbove(app, from)
  const items = itemsOf(view, view.actors.get(from.actor), poolOf(app, from))
  const item = itemOf(actorView)
  const [failed, waiting] = [nextOf(items, app.actor, 'failed'), nextOf(items, app.actor, 'waiting')]
  const back = (place: Place) => {
    app.back(place)
    chart.reveal(place.index)
  }
  return (
    <nav class="trail" aria-label="Where the shown chart belongs" data-testid="trail">
      {places.map((place) => (
        <span key={place.actor}>
          <button onClick={() => back(place)} title="Back to where it was started (b)">
            {place === places.at(-1) ? '‹ ' : ''}
            {wordsOf(app, place)}
          </button>{' '}
          ›{' '}
        </span>
      ))}
      <b>{item ? `${titleOf(actorView)} of ${items.length}${actorView.call ? ' calls' : ''}` : titleOf(actorView)}</b>
      {failed && <button onClick={() => app.showActor(failed.actor)}>Next failed</button>}
      {waiting && <button onClick={() => app.showActor(waiting.actor)}>Next waiting</button>}
    </nav>
  )
}

/** Beside a call of a tool are those of the other tools. */
function poolOf({ view }: App, { actor, index }: Place): number {
  const { states } = view?.actors.get(actor)?.chart ?? {}
  return (states?.[index]?.tool ? states[index].within : undefined) ?? index
}

/** The outermost first. */
function placesAbove(app: App, from: Place): Place[] {
  const above = app.view && startedBy(app.view, from.actor)
  return above ? [...placesAbove(app, above), from] : [from]
}

/** A state that started it, after the item in which that is. */
function wordsOf({ view }: App, { actor, index }: Place): string {
  const owner = view?.actors.get(actor)
  const name = nameOf(owner?.chart?.states[index] ?? { key: '' })
  return owner && itemOf(owner) ? `${titleOf(owner)} ${name}` : name
}

import type { ChartView } from '../chart/chart-view.ts'
import type { App, Tab } from './app.ts'
import { startedBy } from './items.ts'
import { toggleTheme } from './theme.ts'

/** Every key and what it does, as the help shows it. */
export const keyBindings: readonly (readonly [string, string])[] = [
  ['/', 'search for a state'],
  ['← →', 'one step back, one step on'],
  ['Home', 'back to the beginning'],
  ['l', 'live again'],
  ['f', 'follow what runs'],
  ['0', 'fit the whole chart'],
  ['+ −', 'zoom'],
  ['e', 'expand or collapse all'],
  ['Tab ↑ ↓', 'next or previous state'],
  ['Enter', 'open or fold the selected state'],
  ['1 2 3 4', 'state, sequence, events, compare'],
  ['t', 'light or dark'],
  ['b', 'from an item back to its map'],
  ['Esc', 'back out'],
  ['?', 'this help'],
]
const TAB_KEYS: readonly Tab[] = ['state', 'sequence', 'events', 'compare']

export function listenToKeys(app: App, chart: ChartView): void {
  const step = (by: number) => {
    const most = app.journal?.lines.length ?? 0
    const next = (app.cursor ?? most) + by
    app.seek(next >= most ? undefined : next)
  }
  const walk = (by: number) => {
    const drawn = app.actorView?.chart?.drawn ?? []
    const at = app.selected ? drawn.indexOf(app.selected.index) : -1
    const index = drawn[(at + by + drawn.length) % drawn.length]
    if (index === undefined) return
    app.select({ actor: app.actor, index })
    chart.reveal(index)
  }
  const actions: Readonly<Record<string, () => void>> = {
    '/': () => document.querySelector<HTMLInputElement>('#search')?.focus(),
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    ArrowUp: () => walk(-1),
    ArrowDown: () => walk(1),
    Home: () => app.seek(1),
    End: () => app.seek(undefined),
    l: () => app.seek(undefined),
    f: () => (app.follow = !app.follow),
    0: () => chart.fit(),
    '+': () => chart.camera.zoom(1.25),
    '=': () => chart.camera.zoom(1.25),
    '-': () => chart.camera.zoom(0.8),
    e: () => app.toggleAll(),
    t: toggleTheme,
    b: () => {
      const place = app.view && startedBy(app.view, app.actor)
      if (place) app.back(place)
    },
    '?': () => (app.help = !app.help),
    Escape: () => Object.assign(app, { help: false, selected: undefined, search: '', notice: undefined }),
    Enter: () => app.selected && app.selected.index !== 0 && app.toggle(app.selected.index),
  }
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    const isField = target.matches('input:not([type=range]), textarea, select')
    if (isField && event.key !== 'Escape') return
    if (target.closest('button, summary') && (event.key === 'Enter' || event.key === ' ')) return
    if (isField) target.blur()
    const tab = TAB_KEYS[Number(event.key) - 1]
    const act = tab ? () => (app.tab = tab) : Object.hasOwn(actions, event.key) ? actions[event.key] : undefined
    if (!act) return
    event.preventDefault()
    act()
    app.changed()
  })
}

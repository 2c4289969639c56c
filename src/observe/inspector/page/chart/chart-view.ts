import { pathLabelOf } from '../../../../border/label.ts'
import { type ActorView, type RunView, transitionKey as goneBy } from '../../journal/run-view.ts'
import type { App } from '../state/app.ts'
import { differing } from '../state/compare-runs.ts'
import { startedItems } from '../state/items.ts'
import { layout } from '../../layout/layout.ts'
import { type Arrow, type Box, type Scene, boxesIn } from '../../layout/scene.ts'
import { BoxView } from './box-view.ts'
import { Camera } from './camera.ts'
import { measureText } from './measure-text.ts'
import { Minimap } from './minimap.ts'
import { boxProgress } from './box-progress.ts'
import { type NodeStatus, nodeStatus } from './node-status.ts'
import { svgElement, roundedPath } from './svg.ts'

/** The statechart as a picture that is kept up to date. */
export class ChartView {
  readonly element: HTMLElement
  readonly camera: Camera
  readonly #app: App
  readonly #surface = svgElement('svg', { class: 'surface', role: 'group', 'aria-label': 'Statechart' })
  readonly #world = svgElement('g')
  readonly #minimap: Minimap
  #views = new Map<number, BoxView>()
  #arrows: { arrow: Arrow; way: SVGPathElement; hot: boolean }[] = []
  #scene: Scene | undefined
  #made = ''
  #followed = ''
  #size = ''

  constructor(app: App) {
    this.#app = app
    this.element = document.createElement('section')
    this.element.className = 'chart'
    const head = svgElement('path', { d: 'M0,0.6L7,4L0,7.4z' })
    const marker = (id: string) =>
      svgElement(
        'marker',
        { id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto' },
        head.cloneNode(),
      )
    this.#surface.append(svgElement('defs', {}, marker('head'), marker('head-hot')), this.#world)
    this.camera = new Camera(this.#surface, () => this.#look())
    this.#minimap = new Minimap(this.camera)
    this.element.append(this.#surface, this.#minimap.element)
    this.#surface.addEventListener('click', (event) => this.#click(event))
    this.#surface.addEventListener('dblclick', (event) => {
      const index = indexAt(event)
      if (index !== undefined) this.#openUp(index)
    })
    new ResizeObserver(() => this.app.changed()).observe(this.element)
  }

  get app(): App {
    return this.#app
  }

  /** Writes what changed since the last time. */
  paint(): void {
    const { view, actorView: actor } = this.#app
    if (!view || !actor?.chart) {
      this.#world.replaceChildren()
      this.#made = ''
      return
    }
    this.#lay(actor)
    if (!this.#scene) return
    const statuses = this.#boxes(view, actor)
    this.#ways(actor)
    this.#follow(actor)
    this.#minimap.paint(this.#scene, statuses)
  }

  fit(): void {
    if (this.#scene) this.camera.fit(this.#scene.root, true)
  }

  /** Brings a state into view, opening what hides it. */
  reveal(index: number): void {
    const { actorView, collapsed } = this.#app
    let above = actorView?.chart?.states[index]?.within
    while (above !== undefined) {
      if (collapsed.delete(above)) this.#app.shape++
      above = actorView?.chart?.states[above]?.within
    }
    if (actorView) this.#lay(actorView)
    const box = this.#scene?.boxes.get(index)
    if (!box) return
    const { seen, view } = this.camera
    const isSeen =
      box.x >= seen.x && box.y >= seen.y && box.x + box.w <= seen.x + seen.w && box.y + box.h <= seen.y + seen.h
    if (!isSeen || view.k < 0.35)
      this.camera.look(box, Math.max(this.camera.view.k, Math.min(0.9, this.camera.zoomFor(box))))
  }

  #lay(actor: ActorView): void {
    const { run, shape, collapsed, talking } = this.#app
    const size = `${this.camera.width}x${this.camera.height}`
    const made = `${run}:${actor.actor}:${shape}`
    if (made === this.#made) {
      if (size !== this.#size && !this.camera.moved && this.#scene) this.camera.fit(this.#scene.root)
      this.#size = size
      return
    }
    const isNew = !this.#made.startsWith(`${run}:${actor.actor}:`)
    this.#made = made
    this.#size = size
    const { chart } = actor
    if (!chart) return
    const scene = layout(chart, { collapsed, talking, measure: measureText })
    this.#build(scene, actor)
    if (isNew || !this.camera.moved) this.camera.fit(scene.root)
  }

  #build(scene: Scene, actor: ActorView): void {
    this.#scene = scene
    this.#views = new Map()
    const [groups, ways, labels, leaves] = [
      svgElement('g'),
      svgElement('g', { class: 'ways' }),
      svgElement('g'),
      svgElement('g'),
    ]
    for (const box of boxesIn(scene.root)) {
      const view = new BoxView(box, (actor.chart?.states[box.index]?.inside.length ?? 0) > 0 && box.index !== 0)
      this.#views.set(box.index, view)
      ;(box.open ? groups : leaves).append(view.element)
    }
    this.#arrows = scene.arrows.map((arrow) => {
      const way = svgElement('path', {
        class: `way${arrow.back ? ' back' : ''}`,
        d: roundedPath(arrow.points),
        'data-way': arrow.label ?? '',
      })
      ways.append(way)
      if (arrow.label && arrow.at) {
        labels.append(
          svgElement(
            'text',
            { class: 'label', x: arrow.at[0], y: arrow.at[1], 'text-anchor': arrow.anchor ?? 'middle' },
            arrow.label,
          ),
        )
      }
      return { arrow, way, hot: false }
    })
    this.#world.replaceChildren(groups, ways, labels, leaves)
  }

  #boxes(run: RunView, actor: ActorView): ReadonlyMap<number, NodeStatus> {
    const app = this.#app
    const search = app.search.trim().toLowerCase()
    const selected = app.selected?.actor === actor.actor ? app.selected.index : undefined
    const different = differing(app)
    const statuses = new Map<number, NodeStatus>()
    const now = app.now()
    for (const [index, view] of this.#views) {
      const { state, open } = view.box
      const node = actor.nodes.get(index)
      const status = nodeStatus(actor, state, node)
      const found =
        search !== '' &&
        pathLabelOf(state.path ?? state.key, state.ownName)
          .toLowerCase()
          .includes(search)
      statuses.set(index, status)
      view.update({
        status,
        node,
        now,
        progress: open ? undefined : boxProgress(run, actor, view.box),
        selected: index === selected,
        found,
        dim: search !== '' && !found && !open,
        differs: different?.has(state.path ?? '') ?? false,
      })
    }
    return statuses
  }

  #ways({ nodes, taken }: ActorView): void {
    for (const one of this.#arrows) {
      const { from, to, around, exact, end } = one.arrow
      const target = nodes.get(to)
      const isReached = target !== undefined && target.state !== 'idle'
      const isDone = (index: number) => nodes.get(index)?.state === 'complete' || (nodes.get(index)?.visits ?? 0) > 0
      const hot = exact
        ? taken.has(goneBy(from, to, end))
        : isReached && (around !== undefined ? (nodes.get(around)?.visits ?? 0) === 0 : from === to || isDone(from))
      if (hot === one.hot) continue
      one.hot = hot
      one.way.classList.toggle('hot', hot)
    }
  }

  /** Keeps what runs in sight, when one looks at the present and the whole is too large to read. */
  #follow(actor: ActorView): void {
    const { follow, live } = this.#app
    if (!follow || !live || !this.#scene || actor.status !== 'active') return
    const busy = [...this.#views.values()].filter(
      ({ box, element }) =>
        !box.open && element.dataset.status !== undefined && ACTIVE_STATUSES.has(element.dataset.status),
    )
    const key = busy.map(({ box }) => box.index).join()
    if (key === this.#followed || key === '') return
    this.#followed = key
    if (this.camera.moved && this.camera.zoomFor(this.#scene.root) > 0.55) return
    if (this.camera.zoomFor(this.#scene.root) > 0.55) return
    const area = boundsOfBoxes(busy.map(({ box }) => box))
    const { seen } = this.camera
    const isInside =
      area.x >= seen.x && area.y >= seen.y && area.x + area.w <= seen.x + seen.w && area.y + area.h <= seen.y + seen.h
    if (isInside && this.camera.view.k > 0.5) return
    this.camera.look(area, Math.min(0.85, Math.max(0.4, this.camera.zoomFor(area))))
  }

  #click(event: MouseEvent): void {
    const index = indexAt(event)
    if (index === undefined) return this.#app.select(undefined)
    if ((event.target as Element).closest('.fold')) return this.#app.toggle(index)
    this.#app.select({ actor: this.#app.actor, index })
  }

  #openUp(index: number): void {
    const { actorView, view } = this.#app
    if ((actorView?.chart?.states[index]?.inside.length ?? 0) > 0 && index !== 0) return this.#app.toggle(index)
    const child = startedItems(view, actorView, index).find(({ actor }) => view?.actors.get(actor)?.chart)
    if (child) this.#app.showActor(child.actor)
  }

  #look(): void {
    const { x, y, k } = this.camera.view
    this.#world.setAttribute('transform', `translate(${x.toFixed(2)},${y.toFixed(2)}) scale(${k.toFixed(4)})`)
    this.#surface.classList.toggle('far', k < 0.42)
    this.#surface.classList.toggle('farther', k < 0.2)
    this.#surface.style.setProperty('--grid', `${24 * (k < 0.4 ? k * 3 : k)}px`)
    this.#surface.style.backgroundPosition = `${x}px ${y}px`
    this.#minimap.look()
  }
}

const ACTIVE_STATUSES: ReadonlySet<string> = new Set(['running', 'waiting', 'retrying'])

function indexAt({ target }: Event): number | undefined {
  const index = (target as Element).closest<SVGGElement>('.box')?.dataset.index
  return index === undefined ? undefined : Number(index)
}

function boundsOfBoxes(boxes: readonly Box[]) {
  const x = Math.min(...boxes.map((box) => box.x)) - 20
  const y = Math.min(...boxes.map((box) => box.y)) - 20
  return {
    x,
    y,
    w: Math.max(...boxes.map((box) => box.x + box.w)) + 20 - x,
    h: Math.max(...boxes.map((box) => box.y + box.h)) + 20 - y,
  }
}

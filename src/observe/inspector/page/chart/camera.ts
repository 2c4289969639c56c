export type Viewport = { x: number; y: number; k: number }
export type Area = { readonly x: number; readonly y: number; readonly w: number; readonly h: number }

const MIN_ZOOM = 0.04
const MAX_ZOOM = 3

/** Where one looks at the chart from: dragging, zooming, and smooth ways from one place to another. */
export class Camera {
  readonly view: Viewport = { x: 0, y: 0, k: 1 }
  /** Whether a person has moved it since it was last fitted. */
  moved = false
  readonly #surface: SVGSVGElement
  readonly #changed: () => void
  #goal: Viewport | undefined

  constructor(surface: SVGSVGElement, changed: () => void) {
    this.#surface = surface
    this.#changed = changed
    surface.addEventListener('wheel', (event) => this.#wheel(event), { passive: false })
    surface.addEventListener('pointerdown', (event) => this.#drag(event))
  }

  get width(): number {
    return this.#surface.clientWidth || 1
  }
  get height(): number {
    return this.#surface.clientHeight || 1
  }

  /** What can be seen, in the chart's own measure. */
  get seen(): Area {
    const { x, y, k } = this.view
    return { x: -x / k, y: -y / k, w: this.width / k, h: this.height / k }
  }

  /** The zoom at which all of an area can be seen. */
  zoomFor({ w, h }: Area, most = 1.15): number {
    return Math.max(MIN_ZOOM, Math.min(most, (this.width - 48) / w, (this.height - 48) / h))
  }

  fit(area: Area, smooth = false): void {
    this.look(area, this.zoomFor(area), smooth)
    this.moved = false
  }

  /** Puts the middle of an area into the middle. */
  look(area: Area, k = this.view.k, smooth = true): void {
    const goal = {
      k,
      x: this.width / 2 - (area.x + area.w / 2) * k,
      y: this.height / 2 - (area.y + area.h / 2) * k,
    }
    const isStill = !smooth || matchMedia('(prefers-reduced-motion: reduce)').matches
    if (isStill) {
      this.#goal = undefined
      Object.assign(this.view, goal)
      this.#changed()
    } else {
      const isMoving = this.#goal !== undefined
      this.#goal = goal
      if (!isMoving) requestAnimationFrame(() => this.#approach())
    }
  }

  zoom(factor: number, at: readonly [number, number] = [this.width / 2, this.height / 2]): void {
    const { view } = this
    const k = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, view.k * factor))
    view.x = at[0] - ((at[0] - view.x) * k) / view.k
    view.y = at[1] - ((at[1] - view.y) * k) / view.k
    view.k = k
    this.#byHand()
  }

  pan(dx: number, dy: number): void {
    this.view.x += dx
    this.view.y += dy
    this.#byHand()
  }

  #byHand(): void {
    this.#goal = undefined
    this.moved = true
    this.#changed()
  }

  #approach(): void {
    const { view } = this
    const goal = this.#goal
    if (!goal) return
    for (const key of ['x', 'y', 'k'] as const) view[key] += (goal[key] - view[key]) * 0.28
    if (Math.hypot(goal.x - view.x, goal.y - view.y) < 0.5 && Math.abs(goal.k - view.k) < 0.002) {
      Object.assign(view, goal)
      this.#goal = undefined
    } else requestAnimationFrame(() => this.#approach())
    this.#changed()
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault()
    const { left, top } = this.#surface.getBoundingClientRect()
    // A mouse has one wheel, which zooms; two fingers on a pad scroll, and pinch with ctrl.
    const isPad = !event.ctrlKey && (event.deltaX !== 0 || Math.abs(event.deltaY) < 40)
    if (isPad) this.pan(-event.deltaX, -event.deltaY)
    else this.zoom(Math.exp(-event.deltaY / (event.ctrlKey ? 120 : 420)), [event.clientX - left, event.clientY - top])
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0) return
    let [x, y] = [event.clientX, event.clientY]
    let isDrag = false
    const onMove = (next: PointerEvent) => {
      if (!isDrag && Math.hypot(next.clientX - x, next.clientY - y) < 4) return
      if (!isDrag) this.#surface.setPointerCapture(event.pointerId)
      isDrag = true
      this.pan(next.clientX - x, next.clientY - y)
      ;[x, y] = [next.clientX, next.clientY]
    }
    const onUp = () => {
      this.#surface.removeEventListener('pointermove', onMove)
      this.#surface.removeEventListener('pointerup', onUp)
    }
    this.#surface.addEventListener('pointermove', onMove)
    this.#surface.addEventListener('pointerup', onUp)
  }
}

import { type Scene, boxesIn } from '../../layout/scene.ts'
import type { Camera } from './camera.ts'
import type { NodeStatus } from './node-status.ts'

const MAP_WIDTH = 190
const MAP_HEIGHT = 120

/** The whole chart in a corner, when it does not fit at a size that can be read. */
export class Minimap {
  readonly element = document.createElement('canvas')
  readonly #camera: Camera
  #scene: Scene | undefined
  #statuses: ReadonlyMap<number, NodeStatus> = new Map()

  constructor(camera: Camera) {
    this.#camera = camera
    this.element.className = 'minimap'
    this.element.setAttribute('aria-label', 'Map of the whole chart')
    const go = (event: PointerEvent) => {
      if (event.buttons === 0 || !this.#scene) return
      const { left, top } = this.element.getBoundingClientRect()
      const scale = this.#scale()
      camera.moved = true
      camera.look(
        { x: (event.clientX - left) / scale, y: (event.clientY - top) / scale, w: 0, h: 0 },
        camera.view.k,
        false,
      )
    }
    this.element.addEventListener('pointerdown', go)
    this.element.addEventListener('pointermove', go)
  }

  paint(scene: Scene, statuses: ReadonlyMap<number, NodeStatus>): void {
    this.#scene = scene
    this.#statuses = statuses
    this.look()
  }

  /** Draws it again after the camera has moved. */
  look(): void {
    const scene = this.#scene
    if (!scene) return
    const { seen, view } = this.#camera
    const { root } = scene
    const fits =
      seen.x <= root.x + 1 &&
      seen.y <= root.y + 1 &&
      seen.x + seen.w >= root.x + root.w &&
      seen.y + seen.h >= root.y + root.h
    const isWanted = !fits || view.k < 0.4
    this.element.classList.toggle('hidden', !isWanted)
    if (!isWanted) return
    const scale = this.#scale()
    const ratio = devicePixelRatio
    const [w, h] = [Math.ceil(root.w * scale), Math.ceil(root.h * scale)]
    if (this.element.width !== w * ratio || this.element.height !== h * ratio) {
      Object.assign(this.element, { width: w * ratio, height: h * ratio })
      Object.assign(this.element.style, { width: `${w}px`, height: `${h}px` })
    }
    const paper = this.element.getContext('2d')
    if (!paper) return
    const style = getComputedStyle(this.element)
    paper.setTransform(ratio, 0, 0, ratio, 0, 0)
    paper.clearRect(0, 0, w, h)
    for (const box of boxesIn(root)) {
      const status = this.#statuses.get(box.index) ?? 'idle'
      paper.fillStyle = style.getPropertyValue(box.open ? '--map-group' : `--map-${status}`)
      paper.fillRect(box.x * scale, box.y * scale, Math.max(1.5, box.w * scale), Math.max(1.5, box.h * scale))
    }
    paper.strokeStyle = style.getPropertyValue('--accent')
    paper.lineWidth = 1.5
    paper.strokeRect(seen.x * scale, seen.y * scale, seen.w * scale, seen.h * scale)
  }

  #scale(): number {
    const root = this.#scene?.root
    return root ? Math.min(MAP_WIDTH / root.w, MAP_HEIGHT / root.h) : 1
  }
}

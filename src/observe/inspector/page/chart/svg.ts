const NS = 'http://www.w3.org/2000/svg'

export function svgElement<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(NS, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  element.append(...children)
  return element
}

type Point = readonly [number, number]

/** A way with rounded corners. */
export function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let way = `M${first[0]},${first[1]}`
  for (const [at, point] of rest.entries()) {
    const next = rest[at + 1]
    if (!next) {
      way += `L${point[0]},${point[1]}`
      break
    }
    const before = points[at] as Point
    const round = Math.min(8, distance(before, point) / 2, distance(point, next) / 2)
    const [from, to] = [toward(point, before, round), toward(point, next, round)]
    way += `L${from[0]},${from[1]}Q${point[0]},${point[1]} ${to[0]},${to[1]}`
  }
  return way
}

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1])
const toward = (from: Point, to: Point, by: number): Point => {
  const far = distance(from, to) || 1
  return [from[0] + ((to[0] - from[0]) / far) * by, from[1] + ((to[1] - from[1]) / far) * by]
}

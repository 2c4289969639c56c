import type { Font, Measure } from '../../layout/text-width.ts'

/** As in the style of the chart. */
const FONTS: Readonly<Record<Font, string>> = { name: '600 13px', kind: '10.5px', facts: '11.5px', label: '11px' }
/** Figures of equal width are wider than what a canvas measures in some fonts. */
const WIDTH_FACTOR = 1.03
const MAX_CACHED = 5000

const widths = new Map<string, number>()
let canvas: CanvasRenderingContext2D | null | undefined

/** How wide a text is on this screen, in px at zoom 1. */
export const measureText: Measure = (text, font) => {
  const key = `${font} ${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  canvas ??= document.createElement('canvas').getContext('2d')
  if (!canvas) return text.length * 9
  canvas.font = `${FONTS[font]} ${getComputedStyle(document.body).fontFamily}`
  const width = canvas.measureText(text).width * WIDTH_FACTOR
  if (widths.size > MAX_CACHED) widths.clear()
  widths.set(key, width)
  return width
}

/** As much of a text as there is room for (px), with a sign that there is more. */
export function fitText(text: string, font: Font, room: number): string {
  if (measureText(text, font) <= room) return text
  const characters = [...text]
  let [low, high] = [0, characters.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measureText(`${characters.slice(0, middle).join('')}…`, font) <= room) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : `${characters.slice(0, low).join('')}…`
}

/** As many of these facts as there is room for (px), the first ones first. */
export function fitFacts(facts: readonly string[], room: number): string {
  const all = facts.join(' · ')
  if (measureText(all, 'facts') <= room) return all
  for (let count = facts.length - 1; count > 0; count--) {
    const text = `${facts.slice(0, count).join(' · ')} …`
    if (measureText(text, 'facts') <= room) return text
  }
  return fitText(facts[0] ?? '', 'facts', room)
}

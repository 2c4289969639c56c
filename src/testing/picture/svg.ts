import type { Part } from '../definition.ts'
import { type Arrow, type Box, layout } from './layout.ts'
import { looks, type Marks } from './marks.ts'

const MARGIN = 12
const plain = { fill: '#ffffff', line: '#57606a', text: '#1f2328', dashed: false }

/** A pipeline as an SVG document, what is marked standing out. */
export function svgOf(part: Part, marks: Marks = new Map(), title = part.path): string {
  const box = layout(part, MARGIN, MARGIN)
  const [width, height] = [box.width + 2 * MARGIN, box.height + 2 * MARGIN].map(Math.ceil)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#f6f8fa"/>`,
    ...drawn(box, marks),
    '</svg>',
    '',
  ].join('\n')
}

function drawn(box: Box, marks: Marks): string[] {
  const { path, kind, badges, x, y, width, height, children, arrows } = box
  const mark = marks.get(path)
  const { fill, line, text, dashed } = mark ? looks[mark] : plain
  // A composite shows its mark by its line; filled, it would hide those of its children.
  const paper = children.length > 0 ? '#ffffff' : fill
  const dash = dashed ? ' stroke-dasharray="5 4"' : ''
  const badge = [kind, ...badges].join('  ')
  return [
    `<g data-path="${escaped(path)}"${mark ? ` data-mark="${mark}"` : ''}>`,
    `<title>${escaped([path, mark].filter(Boolean).join(': '))}</title>`,
    `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="8" fill="${paper}" stroke="${line}"${dash}/>`,
    ...labels(box, badge, text),
    ...regions(box),
    ...children.flatMap((child) => drawn(child, marks)),
    ...arrows.map((arrow) => line_(arrow, box)),
    '</g>',
  ]
}

/** The name, and beside it or below it what it is. */
function labels({ name, x, y, children }: Box, badge: string, color: string): string[] {
  const [left, top] = [n(x + 14), n(y + 19)]
  const small = 'font-size="11" font-weight="400" fill="#57606a"'
  const beside = children.length > 0 ? ` <tspan dx="6" ${small}>${escaped(badge)}</tspan>` : ''
  const below = children.length > 0 ? [] : [`<text x="${left}" y="${n(y + 36)}" ${small}>${escaped(badge)}</text>`]
  const title = `<text x="${left}" y="${top}" font-size="13" font-weight="600" fill="${color}">${escaped(name)}${beside}</text>`
  return [title, ...below]
}

/** Between the regions of a parallel, as in any statechart. */
function regions({ kind, children, x, width }: Box): string[] {
  if (kind !== 'parallel') return []
  return children.slice(1).map(({ y }) => {
    const at = n(y - 8)
    return `<path d="M${n(x)} ${at}H${n(x + width)}" stroke="#8c959f" stroke-dasharray="4 4"/>`
  })
}

function line_({ from, to, label, onFailure }: Arrow, { children }: Box): string {
  const [a, b] = [children[from] as Box, children[to] as Box]
  const dash = onFailure ? ' stroke-dasharray="4 3"' : ''
  const said = onFailure ? 'else' : label
  if (from === to) {
    const [left, right, bottom] = [n(a.x + 20), n(a.x + a.width - 20), a.y + a.height]
    const path = `M${right} ${n(bottom)}v10q0 8 -8 8H${n(a.x + 28)}q-8 0 -8 -8V${n(bottom + 2)}`
    return `<path d="${path}" fill="none" stroke="#57606a" marker-end="url(#tip)"/>${text_(said, (Number(left) + Number(right)) / 2, bottom + 15)}`
  }
  const [x1, y1, x2, y2] = [a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2]
  const bend = x1 + 16
  const path = y1 === y2 ? `M${n(x1)} ${n(y1)}H${n(x2 - 1)}` : `M${n(x1)} ${n(y1)}H${n(bend)}V${n(y2)}H${n(x2 - 1)}`
  const middle = y1 === y2 ? (x1 + x2) / 2 : (bend + x2) / 2
  return `<path d="${path}" fill="none" stroke="#57606a"${dash} marker-end="url(#tip)"/>${text_(said, middle, y2 - 5)}`
}

const text_ = (said: string | undefined, x: number, y: number): string =>
  said ? `<text x="${n(x)}" y="${n(y)}" font-size="10" text-anchor="middle" fill="#57606a">${escaped(said)}</text>` : ''

const n = (value: number): string => String(Math.round(value * 10) / 10)
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

import { layoutMeta } from '../../compile/state-meta.ts'
import { pathLabelOf } from '../../border/label.ts'
import { indexChart } from '../../observe/inspector/journal/indexed-chart.ts'
import type { ChartState } from '../../observe/inspector/journal/line.ts'
import { layout } from '../../observe/inspector/layout/layout.ts'
import { truncate, stateName } from '../../observe/inspector/layout/labels.ts'
import type { Arrow, Box } from '../../observe/inspector/layout/scene.ts'
import type { AnyFn } from '../../types.ts'
import { allParts, definitionOf, type Part } from '../definition.ts'
import { mayAsk } from './approval.ts'
import { badgesOf } from './badges.ts'
import { looks, type Marks } from './highlight.ts'

const MARGIN = 12
const plain = { fill: '#ffffff', line: '#57606a', text: '#1f2328', dashed: false }

/**
 * The chart of a pipeline as an SVG document, with the layout of the inspector.
 *
 * @example
 * await writeFile('credit-analysis.svg', svg(creditAnalysis))
 */
export const svg = (fn: AnyFn): string => svgOf(definitionOf(fn))

/** The same with highlighted functions. */
export function svgOf(part: Part, marks: Marks = new Map(), title = part.path): string {
  const { root, arrows } = layout(indexChart(stateOf(part)), { collapsed: new Set(), talking: new Set() })
  const parts = new Map(allParts(part).map((each) => [each.path, each]))
  const [width, height] = [root.w + 2 * MARGIN, root.h + 2 * MARGIN].map(Math.ceil)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#f6f8fa"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...drawn(root, parts, marks),
    ...arrows.map(way),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

/** The functions alone: their lifecycles are badges. */
const stateOf = ({ key, path, ownName, node, children, parent }: Part): ChartState => ({
  key,
  path,
  ...(mayAsk(parent, key) && { asks: true }),
  ...(ownName !== undefined && { ownName }),
  kind: node.kind,
  ...layoutMeta(node),
  states: [
    ...children.flatMap((child, index) => [...gatesAt(node, index), stateOf(child)]),
    ...gatesAt(node, children.length),
  ],
})

/** The states of a flow between its steps, as its chart has them: the layout draws ways around or out by them. */
const gatesAt = ({ facts, children = [] }: Part['node'], place: number): ChartState[] =>
  (facts?.gates ?? []).flatMap(({ before, ends }) =>
    before === place ? [{ key: ends ? `endWhen:${before}` : `when:${children[place]?.key}` }] : [],
  )

function drawn(box: Box, parts: ReadonlyMap<string, Part>, marks: Marks): string[] {
  const { x, y, w, h, open, state } = box
  const path = state.path ?? state.key
  const part = parts.get(path)
  const mark = marks.get(path)
  const { fill, line, text, dashed } = mark ? looks[mark] : plain
  // A composite shows its mark by its line; filled, it would hide those of its children.
  const paper = open ? '#ffffff' : fill
  const badge = [state.kind ?? '', ...(part ? badgesOf(part) : [])].join('  ')
  return [
    `<g data-path="${escaped(path)}"${mark ? ` data-mark="${mark}"` : ''}>`,
    `<title>${escaped([pathLabelOf(path, state.ownName), mark].filter(Boolean).join(': '))}</title>`,
    `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" rx="8" fill="${paper}" stroke="${line}"${dashed ? ' stroke-dasharray="5 4"' : ''}/>`,
    ...labels(box, badge, text),
    ...box.parts.flatMap((each) => drawn(each, parts, marks)),
    '</g>',
  ]
}

/** The name, and beside it or below it what it is. */
function labels({ state, x, y, w, open }: Box, badge: string, color: string): string[] {
  const small = 'font-size="11" font-weight="400" fill="#57606a"'
  const name = escaped(truncate(stateName(state), Math.floor((w - 24) / 8.2)))
  const said = escaped(truncate(badge, open ? 60 : Math.floor((w - 24) / 6)))
  const beside = open ? ` <tspan dx="6" ${small}>${said}</tspan>` : ''
  const top = y + (open ? 20 : 24)
  const title = `<text x="${n(x + 12)}" y="${n(top)}" font-size="13" font-weight="600" fill="${color}">${name}${beside}</text>`
  return open ? [title] : [title, `<text x="${n(x + 12)}" y="${n(y + 43)}" ${small}>${said}</text>`]
}

function way({ points, label, at, anchor = 'middle' }: Arrow): string {
  const path = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${n(x)} ${n(y)}`).join('')
  const said =
    label && at
      ? `<text x="${n(at[0])}" y="${n(at[1])}" font-size="10" text-anchor="${anchor}" fill="#57606a">${escaped(label)}</text>`
      : ''
  return `<path d="${path}" fill="none" stroke="#57606a" stroke-linejoin="round" marker-end="url(#tip)"/>${said}`
}

const n = (value: number): string => String(Math.round(value * 10) / 10)
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

import { number } from './format.js'

const looks = {
  tinyllm: { color: '#d6336c', label: 'tinyllm', width: 3 },
  'tinyllm-stock': { color: '#e599b3', label: "engine: 'stock'", dash: '5 3' },
  xstate: { color: '#7048e8', label: 'XState by hand' },
  langgraph: { color: '#0b7285', label: 'LangGraph.js' },
  mastra: { color: '#e67700', label: 'Mastra' },
  llamaindex: { color: '#2b8a3e', label: 'LlamaIndex' },
  promises: { color: '#868e96', label: 'plain promises', dash: '2 3' },
}
const panel = { width: 380, height: 300, left: 56, right: 120, top: 44, bottom: 40 }
const [full, tall] = [panel.left + panel.width + panel.right, panel.top + panel.height + panel.bottom]

/** A row of two panels for each node: µs a step of a chain, µs a region of a parallel, both scales logarithmic. */
export function plot(nodes) {
  const drawn = nodes.filter(({ speed }) => speed)
  const panels = drawn.flatMap(({ node, speed }, row) =>
    [
      ['chain', 'steps', 'µs a step of a chain'],
      ['parallel', 'regions', 'µs a region of a parallel'],
    ].map(([kind, unit, title], column) => {
      const place = `translate(${column * full + panel.left} ${row * tall + panel.top})`
      return `<g transform="${place}">${draw(speed[kind], `${title}, Node ${node.split('.')[0]}`, unit)}</g>`
    }),
  )
  const [width, height] = [2 * full, Math.max(1, drawn.length) * tall]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
${panels.join('\n')}
</svg>
`
}

function draw(section, title, unit) {
  const lines = linesOf(section)
  const sizes = Object.keys(section).map(Number)
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value))
  const decades = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))]
  const x = scale(Math.log10(sizes[0]), Math.log10(sizes.at(-1)), 0, panel.width)
  const y = scale(decades[0], decades[1], panel.height, 0)
  const grid = Array.from({ length: decades[1] - decades[0] + 1 }, (_, index) => 10 ** (decades[0] + index))
  return [
    text(-panel.left + 8, -18, title, 'font-size="15" font-weight="600" fill="#212529"'),
    ...grid.map((value) => `<path d="M0 ${y(value)}H${panel.width}" stroke="#e9ecef"/>`),
    ...grid.map((value) => text(-8, y(value) + 4, plain(value), 'text-anchor="end" fill="#495057"')),
    ...sizes.map((size) => text(x(size), panel.height + 18, plain(size), 'text-anchor="middle" fill="#495057"')),
    text(panel.width / 2, panel.height + 34, unit, 'text-anchor="middle" fill="#495057"'),
    ...lines.map(({ look, points }) => curve(look, points, x, y)),
    ...apart(lines.map(({ look, points }) => ({ look, at: y(points.at(-1).value) }))).map(({ look, at }) =>
      text(panel.width + 8, at + 4, look.label, `fill="${look.color}"${look.width ? ' font-weight="700"' : ''}`),
    ),
  ].join('\n')
}

/** What was measured of each contender; a line ends where one was left out. */
function linesOf(section) {
  const lines = Object.entries(looks).map(([key, look]) => {
    const cells = Object.entries(section).map(([size, cells]) => ({ size: Number(size), cell: cells[key] }))
    const points = cells
      .filter(({ cell }) => cell?.clock)
      .map(({ size, cell }) => ({ size, value: (1000 * cell.clock.min) / size }))
    return { look, points }
  })
  return lines.filter(({ points }) => points.length > 0)
}

function curve({ color, width = 1.8, dash }, points, x, y) {
  const places = points.map(({ size, value }) => `${x(size)} ${y(value)}`)
  const dots = points.map(({ size, value }) => `<circle cx="${x(size)}" cy="${y(value)}" r="${width + 0.6}"/>`)
  const dashes = dash ? ` stroke-dasharray="${dash}"` : ''
  return `<path d="M${places.join('L')}" fill="none" stroke="${color}" stroke-width="${width}"${dashes}/><g fill="${color}">${dots.join('')}</g>`
}

/** Labels pushed apart until none covers another. */
function apart(labels) {
  const sorted = labels.toSorted((a, b) => a.at - b.at)
  const gap = 15
  for (const [index, label] of sorted.entries()) {
    if (index > 0) label.at = Math.max(label.at, sorted[index - 1].at + gap)
  }
  const over = Math.max(0, (sorted.at(-1)?.at ?? 0) - panel.height - 10)
  for (const label of sorted) label.at -= over
  return sorted
}

const scale = (from, to, start, end) => (value) =>
  Math.round(10 * (start + ((Math.log10(value) - from) / (to - from || 1)) * (end - start))) / 10
const plain = (value) => (value >= 1 ? value.toLocaleString('en') : number(value).replace(/0+$/, ''))
const text = (x, y, content, attributes) => `<text x="${x}" y="${y}" ${attributes}>${content}</text>`

import { labelOf, pathLabelOf } from '../../../../border/label.ts'
import type { NodeView } from '../../journal/run-view.ts'
import { formatCount, truncate, formatDuration, kindLabel, formatCost, stateName } from '../../layout/labels.ts'
import type { Box } from '../../layout/scene.ts'
import type { BoxProgress } from './box-progress.ts'
import { fitText, fitFacts, measureText } from './measure-text.ts'
import { elapsed, statusSigns, type NodeStatus, statusLabel } from './node-status.ts'
import { svgElement } from './svg.ts'

/** What a box shows at one time. */
export type BoxState = {
  readonly status: NodeStatus
  readonly node: NodeView | undefined
  readonly now: number
  /** Of what is folded up in it, or of its items: how many there are and how many are done, failed, under way. */
  readonly progress: BoxProgress | undefined
  readonly selected: boolean
  readonly dim: boolean
  readonly found: boolean
  readonly differs: boolean
}

const HIDDEN_CLASS = 'hidden'

/** One box as SVG; it is made once and only what changed is written again. */
export class BoxView {
  readonly element: SVGGElement
  readonly box: Box
  readonly #sign = svgElement('text', { class: 'sign' })
  readonly #facts = svgElement('text', { class: 'facts' })
  readonly #title = svgElement('title')
  readonly #bar = svgElement('rect', { class: 'progress', rx: 2, height: 4 })
  readonly #failedBar = svgElement('rect', { class: 'progress-failed', rx: 2, height: 4 })
  /** For the facts, in px. */
  readonly #room: number
  #text: HTMLDivElement | undefined
  #was = ''
  #wasText: string | undefined

  constructor(box: Box, foldable: boolean) {
    this.box = box
    const { x, y, w, h, open, state, depth } = box
    const kind = state.kind ?? (state.type === 'final' ? 'final' : '')
    const isMap = state.actors === 'items'
    const name = stateName(state)
    this.element = svgElement('g', {
      transform: `translate(${x},${y})`,
      'data-index': box.index,
      'data-path': state.path ?? state.key,
      'data-kind': kind,
      tabindex: -1,
      role: 'button',
    })
    const stacked = isMap || (foldable && !open)
    if (stacked) {
      for (const off of [8, 4])
        this.element.append(svgElement('rect', { class: 'sheet', x: off, y: off, width: w, height: h, rx: 9 }))
    }
    this.element.append(this.#title, svgElement('rect', { class: 'shape', width: w, height: h, rx: open ? 12 : 9 }))
    const right = w - (foldable ? 30 : 12)
    // The name comes first; the kind has at most half of what there is.
    const label = fitText(kindLabel(state), 'kind', (right - 38) / 2)
    const left = right - measureText(label, 'kind') - 8
    const shown = fitText(name, 'name', left - 30)
    const texts = [
      svgElement('text', { class: 'name', x: 30, y: open ? 20 : 23 }, shown),
      svgElement('text', { class: 'kind', x: right, y: open ? 20 : 23 }, label),
    ]
    const factsAt = open ? 42 + measureText(shown, 'name') : 14
    this.#room = open ? left - factsAt : w - 28
    for (const [element, at] of [
      [this.#sign, [18, open ? 20 : 23]],
      [this.#facts, [factsAt, open ? 20 : 43]],
    ] as const) {
      element.setAttribute('x', String(at[0]))
      element.setAttribute('y', String(at[1]))
    }
    this.element.append(...texts, this.#sign, this.#facts)
    if (foldable) {
      const fold = svgElement('g', { class: 'fold', transform: `translate(${w - 24},${open ? 7 : 10})` })
      fold.append(
        svgElement('rect', { width: 18, height: 18, rx: 5 }),
        svgElement('path', { d: open ? 'M5,9H13' : 'M5,9H13M9,5V13' }),
      )
      this.element.append(fold)
    }
    if (stacked) {
      for (const bar of [this.#bar, this.#failedBar]) {
        bar.setAttribute('y', String(h - 9))
        bar.setAttribute('x', '14')
      }
      this.element.append(
        svgElement('rect', { class: 'track', x: 14, y: h - 9, width: w - 28, height: 4, rx: 2 }),
        this.#bar,
        this.#failedBar,
      )
    }
    this.element.classList.add('box', open ? 'open' : 'leaf', `depth-${Math.min(depth, 6) % 2}`)
    if (state.type === 'parallel' || state.layout === 'stack') this.element.classList.add('parallel')
  }

  /** Says whether anything was written. */
  update(shown: BoxState): boolean {
    const { status, node, selected, dim, found, differs, progress } = shown
    const all = this.#factsOf(shown)
    const facts = all.join(' · ')
    const now = `${status}|${facts}|${selected}|${dim}|${found}|${differs}|${progress?.done}|${progress?.failed}|${node?.state}`
    const text = node?.text === '' ? undefined : node?.text
    const wrote = now !== this.#was
    if (wrote) this.#write(shown, all)
    this.#was = now
    if (this.box.h > 80 && !this.box.open && text !== this.#wasText) this.#say(text)
    this.#wasText = text
    return wrote
  }

  #write({ status, node, selected, dim, found, differs, progress }: BoxState, all: readonly string[]): void {
    const { classList, dataset } = this.element
    dataset.status = status
    classList.toggle('selected', selected)
    classList.toggle('dim', dim)
    classList.toggle('found', found)
    classList.toggle('differs', differs)
    this.#sign.textContent = statusSigns[status]
    this.#facts.textContent = fitFacts(all, this.#room)
    const facts = all.join(' · ')
    const { key, path, ownName, item, tool, description } = this.box.state
    const said = statusLabel(status, node)
    const each = item === undefined ? '' : `, ${labelOf('each', item)}`
    const told = tool && description ? `\n${description}` : ''
    this.#title.textContent = `${pathLabelOf(path ?? key, ownName)}${each}: ${said}${told}`
    this.element.setAttribute('aria-label', `${stateName(this.box.state)}, ${said}${facts ? `, ${facts}` : ''}`)
    if (!progress) return
    const width = this.box.w - 28
    const part = (number: number) => String((width * number) / Math.max(1, progress.all))
    this.#bar.setAttribute('width', part(progress.done + progress.failed))
    this.#failedBar.setAttribute('width', part(progress.failed))
  }

  #factsOf({ status, node, now, progress }: BoxState): readonly string[] {
    const facts: string[] = []
    const ms = elapsed(node, now)
    if (progress && !this.box.open) {
      facts.push(`${progress.done}/${progress.all} ${progress.what}`)
      if (progress.failed > 0) facts.push(`${progress.failed} ${statusSigns.failed}`)
      if (progress.rejected > 0) facts.push(`${progress.rejected} ${statusSigns.rejected}`)
      if (progress.at !== undefined && status === 'running') facts.push(`▸ ${truncate(progress.at, 12)}`)
    }
    if (status !== 'idle' && ms !== undefined) facts.push(formatDuration(ms))
    if (node && node.attempt > 1) facts.push(`try ${node.attempt}`)
    if (node && node.visits > 1) facts.push(`${node.visits}×`)
    const tokens = node ? node.inputTokens + node.outputTokens : 0
    if (tokens > 0) facts.push(`${formatCount(tokens)} tok`)
    if (node && node.cost > 0) facts.push(formatCost(node.cost))
    if (facts.length > 0) return facts
    const { item, tool, description } = this.box.state
    return item !== undefined ? [labelOf('each', item)] : tool && description ? [description] : []
  }

  /** The end of what streams in. */
  #say(text: string | undefined): void {
    if (!this.#text) {
      const { w, h } = this.box
      this.#text = document.createElement('div')
      this.#text.className = 'said'
      const foreign = svgElement('foreignObject', { x: 10, y: 50, width: w - 20, height: h - 58 })
      foreign.append(this.#text)
      this.element.append(foreign)
    }
    this.#text.classList.toggle(HIDDEN_CLASS, text === undefined)
    this.#text.textContent = text === undefined ? '' : text.slice(-180)
  }
}

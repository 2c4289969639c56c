import type { Line } from '../../journal/line.ts'
import { truncate, stateName } from '../../layout/labels.ts'
import { actorTitle } from '../../journal/pending-waits.ts'
import type { App } from '../state/app.ts'
import type { Journal } from '../state/journals.ts'
import { Rows } from './rows.tsx'

type SequenceMessage = {
  readonly at: number
  readonly t: number
  readonly from: number
  readonly to: number
  readonly text: string
  readonly kind: 'call' | 'answer' | 'failure' | 'event'
}
type SequenceDiagram = { of: Journal | undefined; upTo: number; lanes: string[]; messages: SequenceMessage[] }
const diagram: SequenceDiagram = { of: undefined, upTo: 0, lanes: [], messages: [] }
/** So many participants have a line of their own; the others share the last. */
const LANES = 7
const ROW_HEIGHT = 30

/** A sequence diagram: calls of functions, their results, and events from outside. */
export function SequencePanel({ app }: { app: App }) {
  const { journal } = app
  if (!journal) return <p class="hint">There are no messages yet.</p>
  const { lanes, messages } = readSequence(journal)
  const shown = Math.min(lanes.length, LANES)
  const x = (lane: number) => `${((Math.min(lane, LANES - 1) + 0.5) / shown) * 100}%`
  const most = app.cursor ?? Infinity
  return (
    <div class="sequence">
      <div class="lanes">
        {lanes.slice(0, shown).map((lane, at) => (
          <b key={lane} title={lane}>
            {at === LANES - 1 && lanes.length > LANES
              ? `${lanes.length - LANES + 1} more`
              : truncate(lane, Math.max(6, Math.floor(50 / shown)))}
          </b>
        ))}
      </div>
      <Rows
        count={messages.length}
        height={ROW_HEIGHT}
        stick={app.live}
        row={(row) => {
          const { from, to, text, kind, at, t } = messages[row] as SequenceMessage
          const [a, b] = [Math.min(from, LANES - 1), Math.min(to, LANES - 1)]
          return (
            <button
              class={`message ${kind}${at < most ? '' : ' future'}`}
              title={`${text} · +${t.toFixed(1)} ms`}
              onClick={() => app.seek(at + 1)}
            >
              <svg width="100%" height={ROW_HEIGHT}>
                {Array.from({ length: shown }, (_, lane) => (
                  <line key={lane} class="lifeline" x1={x(lane)} x2={x(lane)} y1={0} y2={ROW_HEIGHT} />
                ))}
                <line class="arrow" x1={x(from)} x2={x(to)} y1={ROW_HEIGHT - 7} y2={ROW_HEIGHT - 7} />
                <circle class="tip" cx={x(to)} cy={ROW_HEIGHT - 7} r={3} />
                <text x={`${((a + b + 1) / 2 / shown) * 100}%`} y={ROW_HEIGHT - 13} text-anchor="middle">
                  {truncate(text, 34)}
                </text>
              </svg>
            </button>
          )
        }}
      />
    </div>
  )
}

/** The messages of a tool call to its agent, by the state that it enters. */
const CALL_MESSAGES: Readonly<Record<string, readonly [sign: string, kind: SequenceMessage['kind']]>> = {
  waitingForApproval: ['‖', 'event'],
  complete: ['✓', 'answer'],
  rejected: ['⊖', 'failure'],
  failed: ['✕', 'failure'],
}

function readSequence(journal: Journal): SequenceDiagram {
  if (diagram.of !== journal) Object.assign(diagram, { of: journal, upTo: 0, lanes: [], messages: [] })
  for (; diagram.upTo < journal.lines.length; diagram.upTo++)
    addMessages(journal, journal.lines[diagram.upTo] as Line, diagram.upTo)
  return diagram
}

function laneOf(name: string): number {
  const at = diagram.lanes.indexOf(name)
  return at === -1 ? diagram.lanes.push(name) - 1 : at
}

function addMessages(journal: Journal, line: Line, at: number): void {
  const { view } = journal
  if (!('actor' in line)) return
  const actor = view.actors.get(line.actor)
  const name = actor?.chart?.states[0]?.key ?? actor?.id ?? ''
  const say = (from: string, to: string, text: string, kind: SequenceMessage['kind']) =>
    diagram.messages.push({ at, t: line.t, from: laneOf(from), to: laneOf(to), text, kind })
  if (line.type === 'actor' && line.parent !== undefined) {
    const parent = view.actors.get(line.parent)
    const what = line.call ? actorTitle(line) : `start ${line.id}`
    say(parent?.chart?.states[0]?.key ?? parent?.id ?? '', name, what, 'call')
  } else if (line.type === 'sent') {
    const from = line.from === undefined ? undefined : view.actors.get(line.from)
    const { type = 'event' } = ('v' in line.event ? (line.event.v as { type?: string }) : {}) ?? {}
    say(from?.chart?.states[0]?.key ?? from?.id ?? 'outside', name, type, 'event')
  } else if (line.type === 'step' && actor?.call) {
    const agent = actor.parent === undefined ? undefined : view.actors.get(actor.parent)
    for (const index of line.entered ?? []) {
      const { key = '', owner } = actor.chart?.states[index] ?? {}
      const [sign, kind] = (owner === 0 && CALL_MESSAGES[key]) || []
      if (sign && kind) say(name, agent?.chart?.states[0]?.key ?? '', `${sign} ${actorTitle(actor)}`, kind)
    }
  } else if (line.type === 'step' && actor?.chart?.isTinyllm) {
    for (const index of line.entered ?? []) {
      const state = actor.chart.states[index]
      const owner = state?.owner === undefined ? undefined : actor.chart.states[state.owner]
      if (!owner || owner.inside.length > 0) continue
      // One lane for each part of the pipeline; what is inside it is named on the arrow.
      const [root, key, ...rest] = (owner.path ?? '').split('.')
      if (key === undefined) continue
      const { byPath, states } = actor.chart
      const part = stateName(states[byPath.get(`${root}.${key}`) ?? -1] ?? { key })
      const what = rest.length > 0 ? stateName(owner) : part
      if (state?.key === 'running') say(name, part, what, 'call')
      else if (state?.key === 'complete') say(part, name, `✓ ${what}`, 'answer')
      else if (state?.key === 'failed') say(part, name, `✕ ${what} failed`, 'failure')
      else if (state?.key === 'waitingToRetry') say(part, name, `↻ ${what} will retry`, 'failure')
    }
  }
}

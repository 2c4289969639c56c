import type { Line } from '../../journal/line.ts'
import { cutTo, nameOf } from '../../layout/names.ts'
import { titleOf } from '../../journal/waits.ts'
import type { App } from '../state/app.ts'
import type { Journal } from '../state/journals.ts'
import { Rows } from './rows.tsx'

type Message = {
  readonly at: number
  readonly t: number
  readonly from: number
  readonly to: number
  readonly text: string
  readonly kind: 'call' | 'answer' | 'failure' | 'event'
}
type Talk = { of: Journal | undefined; upTo: number; lanes: string[]; messages: Message[] }
const talk: Talk = { of: undefined, upTo: 0, lanes: [], messages: [] }
/** So many participants have a line of their own; the others share the last. */
const LANES = 7
const HEIGHT = 30

/** Who said what to whom: the pipeline calls its functions, they answer, and people send events. */
export function SequencePanel({ app }: { app: App }) {
  const { journal } = app
  if (!journal) return <p class="hint">Nothing has been said yet.</p>
  const { lanes, messages } = read(journal)
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
              : cutTo(lane, Math.max(6, Math.floor(50 / shown)))}
          </b>
        ))}
      </div>
      <Rows
        count={messages.length}
        height={HEIGHT}
        stick={app.live}
        row={(row) => {
          const { from, to, text, kind, at, t } = messages[row] as Message
          const [a, b] = [Math.min(from, LANES - 1), Math.min(to, LANES - 1)]
          return (
            <button
              class={`message ${kind}${at < most ? '' : ' future'}`}
              title={`${text} · +${t.toFixed(1)} ms`}
              onClick={() => app.seek(at + 1)}
            >
              <svg width="100%" height={HEIGHT}>
                {Array.from({ length: shown }, (_, lane) => (
                  <line key={lane} class="lifeline" x1={x(lane)} x2={x(lane)} y1={0} y2={HEIGHT} />
                ))}
                <line class="arrow" x1={x(from)} x2={x(to)} y1={HEIGHT - 7} y2={HEIGHT - 7} />
                <circle class="tip" cx={x(to)} cy={HEIGHT - 7} r={3} />
                <text x={`${((a + b + 1) / 2 / shown) * 100}%`} y={HEIGHT - 13} text-anchor="middle">
                  {cutTo(text, 34)}
                </text>
              </svg>
            </button>
          )
        }}
      />
    </div>
  )
}

/** What a call of a tool tells its agent. */
const SAID: Readonly<Record<string, readonly [sign: string, kind: Message['kind']]>> = {
  waitingForApproval: ['‖', 'event'],
  complete: ['✓', 'answer'],
  rejected: ['⊖', 'failure'],
  failed: ['✕', 'failure'],
}

function read(journal: Journal): Talk {
  if (talk.of !== journal) Object.assign(talk, { of: journal, upTo: 0, lanes: [], messages: [] })
  for (; talk.upTo < journal.lines.length; talk.upTo++) hear(journal, journal.lines[talk.upTo] as Line, talk.upTo)
  return talk
}

function lane(name: string): number {
  const at = talk.lanes.indexOf(name)
  return at === -1 ? talk.lanes.push(name) - 1 : at
}

function hear(journal: Journal, line: Line, at: number): void {
  const { view } = journal
  if (!('actor' in line)) return
  const actor = view.actors.get(line.actor)
  const name = actor?.chart?.states[0]?.key ?? actor?.id ?? ''
  const say = (from: string, to: string, text: string, kind: Message['kind']) =>
    talk.messages.push({ at, t: line.t, from: lane(from), to: lane(to), text, kind })
  if (line.type === 'actor' && line.parent !== undefined) {
    const parent = view.actors.get(line.parent)
    const what = line.call ? titleOf(line) : `start ${line.id}`
    say(parent?.chart?.states[0]?.key ?? parent?.id ?? '', name, what, 'call')
  } else if (line.type === 'sent') {
    const from = line.from === undefined ? undefined : view.actors.get(line.from)
    const { type = 'event' } = ('v' in line.event ? (line.event.v as { type?: string }) : {}) ?? {}
    say(from?.chart?.states[0]?.key ?? from?.id ?? 'outside', name, type, 'event')
  } else if (line.type === 'step' && actor?.call) {
    const agent = actor.parent === undefined ? undefined : view.actors.get(actor.parent)
    for (const index of line.entered ?? []) {
      const { key = '', owner } = actor.chart?.states[index] ?? {}
      const [sign, kind] = (owner === 0 && SAID[key]) || []
      if (sign && kind) say(name, agent?.chart?.states[0]?.key ?? '', `${sign} ${titleOf(actor)}`, kind)
    }
  } else if (line.type === 'step' && actor?.chart?.ours) {
    for (const index of line.entered ?? []) {
      const state = actor.chart.states[index]
      const owner = state?.owner === undefined ? undefined : actor.chart.states[state.owner]
      if (!owner || owner.inside.length > 0) continue
      // One lane for each part of the pipeline; what is inside it is named on the arrow.
      const [root, key, ...rest] = (owner.path ?? '').split('.')
      if (key === undefined) continue
      const { byPath, states } = actor.chart
      const part = nameOf(states[byPath.get(`${root}.${key}`) ?? -1] ?? { key })
      const what = rest.length > 0 ? nameOf(owner) : part
      if (state?.key === 'running') say(name, part, what, 'call')
      else if (state?.key === 'complete') say(part, name, `✓ ${what}`, 'answer')
      else if (state?.key === 'failed') say(part, name, `✕ ${what} failed`, 'failure')
      else if (state?.key === 'waitingToRetry') say(part, name, `↻ ${what} will retry`, 'failure')
    }
  }
}

import { useState } from 'preact/hooks'
import { decodeKey } from '../../../../border/label.ts'
import type { Line } from '../../journal/line.ts'
import type { Encoded } from '../../journal/value-encoding.ts'
import type { ChartView } from '../chart/chart-view.ts'
import { truncate, stateName } from '../../layout/labels.ts'
import type { App } from '../state/app.ts'
import type { Journal } from '../state/journals.ts'
import { Rows } from './rows.tsx'

const EVENT_KINDS = ['all', 'step', 'sent', 'token', 'usage', 'event', 'refused'] as const
type EventKind = (typeof EVENT_KINDS)[number]
type Filtered = { kind: EventKind; of: Journal | undefined; upTo: number; at: number[] }
const filtered: Filtered = { kind: 'all', of: undefined, upTo: 0, at: [] }

/** The journal itself, line by line; a click goes to that time. */
export function EventsPanel({ app }: { app: App; chart: ChartView }) {
  const [kind, setKind] = useState<EventKind>('all')
  const { journal } = app
  if (!journal) return <p class="hint">There are no events yet.</p>
  const at = linesOfKind(journal, kind)
  return (
    <div class="events">
      <div class="filters" role="group" aria-label="Kinds of events">
        {EVENT_KINDS.map((one) => (
          <button key={one} aria-pressed={one === kind} onClick={() => setKind(one)}>
            {one}
          </button>
        ))}
      </div>
      <Rows
        count={at.length}
        height={22}
        stick={app.live}
        row={(row) => {
          const number = at[row] as number
          return <EventRow app={app} line={journal.lines[number] as Line} number={number} />
        }}
      />
    </div>
  )
}

/** The numbers of the lines of one kind; only new lines are looked at. */
function linesOfKind(journal: Journal, kind: EventKind): readonly number[] {
  if (filtered.of !== journal || filtered.kind !== kind) Object.assign(filtered, { of: journal, kind, upTo: 0, at: [] })
  for (; filtered.upTo < journal.lines.length; filtered.upTo++) {
    const line = journal.lines[filtered.upTo] as Line
    if (kind === 'all' || lineKind(journal, line) === kind) filtered.at.push(filtered.upTo)
  }
  return filtered.at
}

/** Rejected events are a kind of their own. */
const lineKind = (journal: Journal, line: Line): string =>
  line.type === 'event' && Object(journal.view.values.decode(line.event)).type === 'refused' ? 'refused' : line.type

function EventRow({ app, line, number }: { app: App; line: Line; number: number }) {
  const isNow = app.cursor === number + 1
  const isPast = app.cursor === undefined || number < app.cursor
  const kind = app.journal ? lineKind(app.journal, line) : line.type
  return (
    <button class={`event-row${isNow ? ' now' : ''}${isPast ? '' : ' future'}`} onClick={() => app.seek(number + 1)}>
      <span class="when">{'t' in line ? `+${line.t.toFixed(1)}` : ''}</span>
      <b class={`type type-${kind}`}>{kind}</b>
      <span
        title={line.type === 'event' ? truncate(JSON.stringify(decodeValue(app, line.event)) ?? '', 2000) : undefined}
      >
        {describeLine(app, line)}
      </span>
    </button>
  )
}

function describeLine(app: App, line: Line): string {
  if (line.type === 'token') return `${functionLabel(app, line)} ${JSON.stringify(line.delta)}`
  if (line.type === 'usage') return `${functionLabel(app, line)} ${line.inputTokens} in, ${line.outputTokens} out`
  if (line.type === 'event') return `${functionLabel(app, line)} ${headline(decodeValue(app, line.event))}`
  if (line.type === 'sent') return preview(decodeValue(app, line.event))
  if (line.type === 'end') return line.status
  if (line.type === 'actor') return line.id
  if (line.type === 'run') return line.name
  if (line.type === 'chart') return line.root.key
  const states = app.journal?.view.actors.get(line.actor)?.chart?.states
  const entered = (line.entered ?? []).map((index) => states?.[index]).filter((state) => state !== undefined)
  const deepest = entered.at(-1)
  const owner = deepest?.owner === undefined ? undefined : states?.[deepest.owner]
  return deepest ? `${owner ? `${stateName(owner)} → ` : '→ '}${deepest.key}` : line.event
}

/** The function that a line speaks of; one of another machine is known by its path alone, a call of a tool by its id. */
function functionLabel(app: App, { actor, path }: { actor: number; path: string }): string {
  const [, id, tool] = /\[([^[\]]+)\]\.([^.]+)$/.exec(path) ?? []
  if (id !== undefined && tool !== undefined) return `${decodeKey(tool)} ${decodeKey(id)}`
  const chart = app.journal?.view.actors.get(actor)?.chart
  const index = chart?.byPath.get(path)
  return stateName((index === undefined ? undefined : chart?.states[index]) ?? { key: path, path })
}

/** Most events resemble another one, and the journal holds only what differs. */
const decodeValue = (app: App, encoded: Encoded): unknown => app.journal?.view.values.decode(encoded)
const preview = (value: unknown): string => truncate(JSON.stringify(value) ?? '', 80)

/** The main fields of an event, by its type; the JSON of any other. */
function headline(value: unknown): string {
  const {
    type,
    message,
    reason,
    rawReason,
    delta,
    title,
    url,
    mediaType,
    model,
    id,
    code,
    event,
    input,
    success,
    content,
    length,
    maxResultLength,
  } = Object(value)
  const { arguments: args } = Object(value)
  if (type === 'refused' && typeof code === 'string')
    return truncate(`${String(Object(event).type)} (${code}): ${String(reason)}`, 240)
  const words: Readonly<Record<string, readonly unknown[]>> = {
    warning: [message],
    finish: [reason, rawReason && `(${rawReason})`],
    reasoning: [JSON.stringify(delta)],
    source: [title, url],
    file: [mediaType],
    response: [model, id],
    toolCall: [args],
    approvalRequested: [input && JSON.stringify(input)],
    toolResult: [success ? '✓' : '✕', typeof content === 'string' ? content : JSON.stringify(content)],
    resultCut: [length, 'characters, cut to', maxResultLength],
  }
  const said = Object.hasOwn(words, String(type)) ? words[String(type)]?.filter(Boolean) : undefined
  return said?.length ? truncate(`${String(type)}: ${said.join(' ')}`, 160) : preview(value)
}

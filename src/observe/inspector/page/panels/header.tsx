import type { ChartView } from '../chart/chart-view.ts'
import { formatCount, formatDuration, formatCost, stateName } from '../../layout/labels.ts'
import type { App } from '../state/app.ts'
import { exportHtml, exportJournal, openFile } from '../state/export.ts'
import { toggleTheme } from '../state/theme.ts'

const RUN_STATUS_LABELS = { active: 'running', done: 'done', error: 'failed', stopped: 'stopped' } as const
const RUN_STATUS_SIGNS = { active: '●', done: '✓', error: '✕', stopped: '⊘' } as const

export function Header({ app, chart }: { app: App; chart: ChartView }) {
  const { view } = app
  const status = view?.actors.get(0)?.status
  const tokens = view ? view.inputTokens + view.outputTokens : 0
  const charts = [...(view?.actors.values() ?? [])]
    .filter((one) => one.chart && (one.actor === app.actor || !one.id.endsWith(']')))
    .slice(0, 200)
  const waits = status === 'active' && [...(view?.actors.values() ?? [])].some((actor) => isWaiting(actor))
  return (
    <header>
      <b class="logo">tinyllm</b>
      <RunPicker app={app} />
      {charts.length > 1 && (
        <select
          aria-label="Machine"
          value={app.actor}
          onChange={({ currentTarget }) => app.showActor(Number(currentTarget.value))}
        >
          {charts.map(({ actor, id, chart: own, parent }) => (
            <option key={actor} value={actor}>
              {parent === undefined ? (own?.states[0]?.key ?? id) : `↳ ${id}`}
            </option>
          ))}
        </select>
      )}
      {status && (
        <span class={`chip status-${waits ? 'waiting' : status}`} data-testid="run-status">
          {waits ? '‖ waiting' : `${RUN_STATUS_SIGNS[status]} ${RUN_STATUS_LABELS[status]}`}
        </span>
      )}
      {view && (
        <span class="chip" data-testid="run-time">
          {formatDuration(app.now())}
        </span>
      )}
      {tokens > 0 && (
        <span class="chip" data-testid="run-usage">
          {formatCount(tokens)} tokens{view && view.cost > 0 ? ` · ${formatCost(view.cost)}` : ''}
        </span>
      )}
      {app.connection === 'lost' && <span class="chip status-error">✕ disconnected</span>}
      <span class="space" />
      <Search app={app} chart={chart} />
      <button
        aria-pressed={app.follow}
        title="Follow what runs (f)"
        onClick={() => ((app.follow = !app.follow), app.changed())}
      >
        Follow
      </button>
      <button title="Fit the whole chart (0)" onClick={() => chart.fit()}>
        Fit
      </button>
      <button title="Expand or collapse all (e)" onClick={() => app.toggleAll()}>
        {app.collapsed.size > 0 ? 'Expand' : 'Collapse'}
      </button>
      <details class="menu">
        <summary title="Export or open a run">File</summary>
        <div>
          <button onClick={() => void exportHtml(app)}>Export as HTML</button>
          <button onClick={() => exportJournal(app)}>Export the journal</button>
          <label class="button">
            Open a file…
            <input
              type="file"
              accept=".jsonl,.html,.json"
              onChange={({ currentTarget }) => void openFile(app, currentTarget.files?.[0])}
            />
          </label>
        </div>
      </details>
      <button class="icon" title="Light or dark (t)" aria-label="Light or dark" onClick={toggleTheme}>
        ◐
      </button>
      <button class="icon" title="Keys (?)" aria-label="Keys" onClick={() => ((app.help = true), app.changed())}>
        ?
      </button>
    </header>
  )
}

const isWaiting = ({
  chart,
  active,
}: {
  chart?: { states: readonly { waits?: boolean; owner?: number; key: string }[] }
  active: ReadonlySet<number>
}): boolean =>
  chart !== undefined &&
  [...active].some((index) => {
    const state = chart.states[index]
    if (state?.owner === undefined) return false
    return state.key === 'waitingForApproval' || (state.key === 'running' && chart.states[state.owner]?.waits)
  })

function RunPicker({ app }: { app: App }) {
  if (app.runs.length === 0) return null
  const option = ({ run, name, at, status }: App['runs'][number]) => (
    <option key={run} value={run}>
      {`${RUN_STATUS_SIGNS[status]} ${name} · ${new Date(at).toLocaleTimeString([], { hour12: false })} · ${run}`}
    </option>
  )
  return (
    <select
      class="runs"
      aria-label="Run"
      value={app.run}
      onChange={({ currentTarget }) => app.show(currentTarget.value, true)}
    >
      {app.runs.toReversed().map(option)}
    </select>
  )
}

function Search({ app, chart }: { app: App; chart: ChartView }) {
  const find = () => {
    const text = app.search.trim().toLowerCase()
    const { actorView } = app
    const states = actorView?.chart?.states ?? []
    const index = actorView?.chart?.drawn.find((one) =>
      stateName(states[one] ?? { key: '' })
        .toLowerCase()
        .includes(text),
    )
    if (text === '' || index === undefined) return
    app.select({ actor: app.actor, index })
    chart.reveal(index)
  }
  return (
    <input
      id="search"
      type="search"
      placeholder="Search states  /"
      aria-label="Search states"
      value={app.search}
      onInput={({ currentTarget }) => {
        app.search = currentTarget.value
        app.changed()
      }}
      onKeyDown={({ key }) => key === 'Enter' && find()}
    />
  )
}

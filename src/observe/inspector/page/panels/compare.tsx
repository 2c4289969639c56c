import { pathLabelOf } from '../../../../border/label.ts'
import type { ChartView } from '../chart/chart-view.ts'
import { formatDuration, formatCost } from '../../layout/labels.ts'
import type { App } from '../state/app.ts'
import { compare, type Side } from '../state/compare-runs.ts'
import { Value } from './value.tsx'

/** This run beside another one, function by function. */
export function ComparePanel({ app, chart }: { app: App; chart: ChartView }) {
  const rows = compare(app)
  const selected = app.selected && rows.find(({ index }) => index === app.selected?.index)
  const others = app.runs.filter(({ run }) => run !== app.run)
  return (
    <div class="compare">
      <label>
        Compare {app.run} with
        <select
          aria-label="Other run"
          value={app.other ?? ''}
          onChange={({ currentTarget }) => app.compareWith(currentTarget.value || undefined)}
        >
          <option value="">–</option>
          {others.toReversed().map(({ run, name, status }) => (
            <option key={run} value={run}>
              {run} · {name} · {status}
            </option>
          ))}
        </select>
      </label>
      {others.length === 0 && <p class="hint">There is no other run yet. Run it again, or open a journal.</p>}
      {rows.length > 0 && (
        <table data-testid="compare">
          <thead>
            <tr>
              <th>function</th>
              <th>{app.run}</th>
              <th>{app.other}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ path, ownName, index, one, two, differs }) => (
              <tr
                key={path}
                class={`${differs ? 'differs' : ''}${selected?.path === path ? ' selected' : ''}`}
                onClick={() => {
                  app.select({ actor: 0, index })
                  chart.reveal(index)
                }}
              >
                <td title={pathLabelOf(path, ownName)}>
                  {differs ? '≠ ' : ''}
                  {pathLabelOf(path.split('.').slice(-2).join('.'), ownName)}
                </td>
                <td>{cell(one)}</td>
                <td>{cell(two)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {selected && (
        <div class="sides">
          <h3>Output of {app.run}</h3>
          <Value value={selected.one?.output} />
          <h3>Output of {app.other}</h3>
          <Value value={selected.two?.output} />
        </div>
      )}
    </div>
  )
}

const STATE_MARKS: Readonly<Record<string, string>> = { complete: '✓', failed: '✕', stopped: '⊘', waitingToRetry: '↻' }

const cell = (side: Side | undefined): string =>
  side
    ? [
        STATE_MARKS[side.state] ?? '●',
        formatDuration(side.ms),
        side.attempt > 1 && `try ${side.attempt}`,
        side.tokens > 0 && `${side.tokens} tok`,
        side.cost > 0 && formatCost(side.cost),
      ]
        .filter(Boolean)
        .join(' ')
    : '–'

import type { ActorView, NodeView, RunView } from '../../journal/run-view.ts'
import { pathInRun, waitsOfActorTree } from '../../journal/pending-waits.ts'
import { labelOf } from '../../../../border/label.ts'
import { startedActors } from '../chart/started-actors.ts'
import type { ChartView } from '../chart/chart-view.ts'
import { elapsed, statusSigns, nodeStatus, statusLabel } from '../chart/node-status.ts'
import { formatCount, formatDuration, formatCost, stateName } from '../../layout/labels.ts'
import type { App } from '../state/app.ts'
import { WaitForms } from './form/wait-forms.tsx'
import { ItemList } from './items.tsx'
import { Value } from './value.tsx'

/** Everything that is known of the selected state. */
export function StatePanel({ app, chart }: { app: App; chart: ChartView }) {
  const place = app.focus
  const actor = place && app.view?.actors.get(place.actor)
  const state = place && actor?.chart?.states[place.index]
  if (!place || !actor || !state) return <p class="hint">Nothing is selected.</p>
  const node = actor.nodes.get(place.index)
  const status = nodeStatus(actor, state, node)
  const isRoot = place.index === 0
  const output = node?.output ?? (isRoot ? actor.output : undefined)
  const error = node?.error ?? (isRoot ? actor.error : undefined)
  return (
    <div class="state-panel">
      <h2 data-testid="selected-name">{stateName(state)}</h2>
      <p class="path">
        {state.path === undefined ? pathOf(actor, place.index) : pathInRun(app.view as RunView, actor, state.path)}
      </p>
      <p class="facts">
        <span class={`chip node-${status}`} data-testid="selected-status">
          {statusSigns[status]} {statusLabel(status, node)}
        </span>
        {state.kind && <span class="chip">{state.kind}</span>}
        {state.item !== undefined && <span class="chip">{labelOf('each', state.item)}</span>}
        {!app.selected && app.ticking && <span class="chip soft">following</span>}
      </p>
      {state.description && <p>{state.description}</p>}
      <ItemList key={`${place.actor}:${place.index}`} app={app} actor={actor} index={place.index} />
      <PendingEvents app={app} actor={actor} index={place.index} />
      {!state.tool && <NodeFacts node={node} now={app.now()} />}
      {error !== undefined && <ErrorBox error={error} />}
      {node && node.text !== '' && output === undefined && (
        <section>
          <h3>Streaming · {node.tokens} tokens</h3>
          <pre class="value said-all" data-testid="streaming">
            {node.text}
          </pre>
        </section>
      )}
      {(state.path !== undefined || isRoot) && !state.tool && (
        <>
          <section>
            <h3>Input</h3>
            <Value value={node?.input} testId="input" />
          </section>
          <section>
            <h3>Output</h3>
            <Value value={output} testId="output" />
          </section>
        </>
      )}
      {isRoot && actor.context !== undefined && (
        <section>
          <h3>Context</h3>
          <Value value={actor.context} />
        </section>
      )}
      <SchemaDetails schema={state.schema} meta={state.meta} />
      <Spans node={node} />
      {app.selected && (
        <button class="quiet" onClick={() => chart.reveal(place.index)}>
          Show in the chart
        </button>
      )}
    </div>
  )
}

/** The keys from the root down, for a state that has no path. */
function pathOf({ chart }: ActorView, index: number): string {
  const state = chart?.states[index]
  if (!state) return ''
  return state.parent === undefined ? state.key : `${pathOf({ chart } as ActorView, state.parent)}.${state.key}`
}

function NodeFacts({ node, now }: { node: NodeView | undefined; now: number }) {
  if (!node) return null
  const ms = elapsed(node, now)
  const facts: (readonly [string, string])[] = [
    ...(ms === undefined ? [] : [['Time', formatDuration(ms)] as const]),
    ['Attempts', String(node.attempt)],
    ...(node.visits > 1 ? [['Rounds', String(node.visits)] as const] : []),
    ...(node.inputTokens + node.outputTokens > 0
      ? [['Tokens', `${formatCount(node.inputTokens)} in · ${formatCount(node.outputTokens)} out`] as const]
      : []),
    ...(node.cost > 0 ? [['Cost', formatCost(node.cost)] as const] : []),
  ]
  return (
    <dl class="facts-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-testid={`fact-${name.toLowerCase()}`}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function ErrorBox({ error }: { error: unknown }) {
  const { code, message, attempts, issues, cause } = (
    typeof error === 'object' && error !== null ? error : { message: String(error) }
  ) as {
    code?: string
    message?: string
    attempts?: number
    issues?: readonly { message: string; path: readonly (string | number)[] }[]
    cause?: { name?: string; message?: string }
  }
  return (
    <section class="error" role="alert" data-testid="error">
      <h3>
        ✕ {code ?? 'error'}
        {attempts !== undefined && attempts > 1 && ` · after ${attempts} attempts`}
      </h3>
      <p>{message ?? JSON.stringify(error)}</p>
      {issues?.map((issue) => (
        <p class="issue" key={issue.path.join()}>
          <code>{issue.path.join('.') || 'value'}</code> {issue.message}
        </p>
      ))}
      {cause?.message && !message?.includes(cause.message.replace(/\.$/, '')) && (
        <p class="cause">
          {cause.name}: {cause.message}
        </p>
      )}
    </section>
  )
}

type JsonObject = Readonly<Record<string, unknown>> | undefined

function SchemaDetails({ schema, meta: rest = {} }: { schema: JsonObject; meta: JsonObject }) {
  return (
    <>
      {schema !== undefined && (
        <details>
          <summary>Schema</summary>
          <Value value={schema} />
        </details>
      )}
      {Object.keys(rest).length > 0 && (
        <details>
          <summary>Meta</summary>
          <Value value={rest} />
        </details>
      )}
    </>
  )
}

function Spans({ node }: { node: NodeView | undefined }) {
  if (!node || node.spans.length < 2) return null
  return (
    <details>
      <summary>{node.spans.length} states in time</summary>
      <ol class="spans">
        {node.spans.slice(-60).map(({ state, start, end, attempt }) => (
          <li key={`${start}${state}`}>
            <span>+{formatDuration(start)}</span> {state}
            {attempt > 1 && ` (try ${attempt})`} <b>{end === undefined ? '…' : formatDuration(end - start)}</b>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** What waits for an event: what is selected, if that does, or else everything in this machine and below it. */
function PendingEvents({ app, actor, index }: { app: App; actor: ActorView; index: number }) {
  const { last } = app.answers
  const all = app.view && app.ticking && app.connection === 'open' ? waitsOfActorTree(app.view, actor.actor) : []
  const started = startedActors(app.view, actor, index).flatMap((one) => waitsOfActorTree(app.view as RunView, one))
  const own = all.filter(
    (wait) => (wait.actor === actor.actor && wait.index === index) || started.some(({ key }) => key === wait.key),
  )
  return (
    <>
      {last && app.live && (
        <p role="status" class="taken" data-testid="taken">
          ✓ {last.type} {last.path !== undefined && <code>{last.path}</code>} accepted at {last.at}
        </p>
      )}
      <WaitForms app={app} waits={app.selected && own.length > 0 ? own : all} />
    </>
  )
}

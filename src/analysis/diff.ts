import type { AnyStateMachine } from 'xstate'
import type { AnyFn } from '../types.ts'
import { allDefinitions, definitionOf, type Definition } from './definition.ts'
import { propertiesOf, pathFromRoot } from './describe.ts'
import type { Highlight } from './render/highlight.ts'
import { renderMermaid } from './render/mermaid.ts'
import { renderSvg } from './render/svg.ts'
import { transitionTableOf } from './chart/transition-table.ts'

/** A changed property of a function: a schema, a prompt, its retries, its code. `what` is its name in `describe`. */
export type Change = {
  readonly path: string
  readonly what: string
  readonly before?: string | undefined
  readonly after?: string | undefined
}
type Sides = { readonly added: readonly string[]; readonly removed: readonly string[] }

/** What `diff` returns. Paths are those of the second pipeline; of what was removed, those of the first. */
export interface Difference {
  readonly isSame: boolean
  readonly functions: Sides
  readonly states: Sides
  readonly transitions: Sides
  readonly changes: readonly Change[]
  /** Whether the second pipeline restores runs that the first has saved. */
  readonly resumes: boolean
  /** The second pipeline as Mermaid source, with added and changed functions highlighted; comments list the removed. */
  mermaid(): string
  svg(): string
  toString(): string
}

/**
 * What changed between two versions of a pipeline, for a review: functions, states and transitions, schemas, prompts,
 * policies and code.
 *
 * @example
 * console.log(String(diff(before, after)))
 */
export function diff(a: AnyFn, b: AnyFn): Difference {
  const [before, after] = [definitionOf(a), definitionOf(b)]
  const [old, now] = [partsOf(before), partsOf(after)]
  const functions = {
    added: [...now].flatMap(([key, { path }]) => (old.has(key) ? [] : [path])),
    removed: [...old].flatMap(([key, { path }]) => (now.has(key) ? [] : [path])),
  }
  const changes = [...now].flatMap(([key, definition]) => {
    const other = old.get(key)
    return other ? changesOf(other, definition) : []
  })
  const [charted, chartedNow] = [chartOf(a), chartOf(b)]
  const states = sides(charted.states, chartedNow.states)
  const transitions = sides(charted.transitions, chartedNow.transitions)
  const lists = [functions, states, transitions]
  const isSame = changes.length === 0 && lists.every(({ added, removed }) => added.length + removed.length === 0)
  const resumes = versionOf(a) === versionOf(b)
  const marks = new Map<string, Highlight>([
    ...changes.map(({ path }) => [path, 'changed'] as const),
    ...functions.added.map((path) => [path, 'added'] as const),
  ])
  const gone = functions.removed.map((path) => `%% removed: ${path.replaceAll(/\s+/g, ' ')}\n`).join('')
  return {
    isSame,
    functions,
    states,
    transitions,
    changes,
    resumes,
    mermaid: () => renderMermaid(after, marks) + gone,
    svg: () => renderSvg(after, marks),
    toString: () =>
      isSame ? `${a.name} and ${b.name} are the same.` : toText({ functions, states, transitions, changes, resumes }),
  }
}

const partsOf = (root: Definition): Map<string, Definition> =>
  new Map(allDefinitions(root).map((definition) => [pathFromRoot(definition), definition]))
const versionOf = ({ machine }: AnyFn): string | undefined => (machine as { version?: string }).version

function changesOf(before: Definition, after: Definition): Change[] {
  const [old, now] = [propertiesOf(before), propertiesOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((what) =>
    old.get(what) === now.get(what) ? [] : [{ path: after.path, what, before: old.get(what), after: now.get(what) }],
  )
}

/** States and transitions by names that do not begin with the root's, so that it may be renamed. */
function chartOf({ machine }: AnyFn) {
  const built = machine as unknown as AnyStateMachine
  const { states, transitions: arrows } = transitionTableOf(built)
  const short = (id: string) => (isBelow(id, built.id) ? id.slice(built.id.length) : id)
  const transitions = [...arrows.values()].map(({ from, to, event, guard = '' }) => {
    const [, kind = '', source = event] = /^(xstate\.(?:done|error)\.(?:actor|state)\.)(.*)$/s.exec(event) ?? []
    const ends = to.map(short).join(', ') || short(from)
    return `${short(from)} → ${ends}${event && ` on ${kind}${short(source)}`}${guard && ` [${short(guard)}]`}`
  })
  return { states: [...states.keys()].map(short), transitions }
}

/** Whether a name is that of the root, or begins with it: `it`, `it.running`, `it#failed`. */
const isBelow = (id: string, root: string): boolean => id.startsWith(root) && /^(?:[.#]|$)/.test(id.slice(root.length))

function sides(before: readonly string[], after: readonly string[]): Sides {
  const [old, now] = [new Set(before), new Set(after)]
  return { added: [...now].filter((each) => !old.has(each)), removed: [...old].filter((each) => !now.has(each)) }
}

function toText({ functions, states, transitions, changes, resumes }: Omit<Difference, 'isSame' | 'mermaid' | 'svg'>) {
  const list = (sign: string, items: readonly string[]) => items.map((item) => `${sign} ${item}`)
  const count = ({ added, removed }: Sides) => `+${added.length} −${removed.length}`
  return [
    ...list('+', functions.added),
    ...list('−', functions.removed),
    ...changes.flatMap(({ path, what, before, after }) => [
      `~ ${path}: ${what}`,
      ...(before === undefined ? [] : before.split('\n').map((line) => `    − ${line}`)),
      ...(after === undefined ? [] : after.split('\n').map((line) => `    + ${line}`)),
    ]),
    '',
    `states ${count(states)}, transitions ${count(transitions)}`,
    resumes
      ? 'A saved run of the first continues with the second.'
      : 'A saved run of the first is rejected by the second: its chart has changed.',
  ].join('\n')
}

import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { outsideOf } from '../../border/outside/machines.ts'
import { allDefinitions, type Definition } from '../definition.ts'
import type { Rule, Finding } from '../finding.ts'

/** Every state must be one that a run can come to. */
export const checkReach: Rule = (root) =>
  allDefinitions(root).flatMap((definition) => [
    ...behindFallback(definition),
    ...behindCase(definition),
    ...inActor(definition),
    ...waitingAlone(definition),
    ...twice(definition),
  ])

const unreachable = (path: string, message: string, remedy: string): Finding => ({
  code: 'unreachable',
  severity: 'error',
  path,
  message,
  remedy,
})

/** Whether anything in it can end in failure: only what hands its input on cannot. */
function canFail({ node, children }: Definition): boolean {
  if (node.kind === 'pass') return false
  if (node.kind === 'validator' || node.input || node.output) return true
  return children.length === 0 || node.kind !== 'chain' || children.some(canFail)
}

function behindFallback({ displayName, node, children }: Definition): Finding[] {
  if (node.kind !== 'fallback') return []
  const sure = children.findIndex((child) => !canFail(child))
  if (sure === -1) return []
  return children
    .slice(sure + 1)
    .map((child) =>
      unreachable(
        child.path,
        `${child.displayName} never runs: ${children[sure]?.key} comes before it in the fallback ${displayName}, and cannot fail.`,
        `Move it before ${children[sure]?.key}, or remove it.`,
      ),
    )
}

function behindCase({ displayName, node, children }: Definition): Finding[] {
  const { cases } = node.facts ?? {}
  if (!cases) return []
  // A predicate that looks at nothing always says the same.
  const constant = cases.map((when) => (when.length === 0 ? answerOf(when) : undefined))
  const always = constant.indexOf(true)
  return children.flatMap((child, index) => {
    const isOtherwise = child.key === 'otherwise' && index === children.length - 1
    if (!isOtherwise && constant[index] === false) {
      return unreachable(
        child.path,
        `${child.displayName} never runs: its predicate is always false.`,
        'Fix it, or remove the case.',
      )
    }
    if (always === -1 || index <= always) return []
    const before = children[always]?.key
    const message = `${child.displayName} never runs: the case ${before} comes before it in ${displayName}, and always matches.`
    return unreachable(child.path, message, `Move ${before} to the end, as otherwise.`)
  })
}

function answerOf(when: (input: never) => unknown): unknown {
  try {
    return when(undefined as never)
  } catch {
    return undefined
  }
}

/** A machine of the user's own may have states that nothing leads to. */
function inActor({ path, displayName, node }: Definition): Finding[] {
  const logic = node.facts?.logic as Partial<AnyStateMachine> | undefined
  if (!logic?.root || !logic.getStateNodeById) return []
  const reached = reachedIn(logic.root)
  const all: AnyStateNode[] = []
  const visit = (state: AnyStateNode) => {
    if (!reached.has(state)) all.push(state)
    else Object.values(state.states).forEach((child) => visit(child as AnyStateNode))
  }
  visit(logic.root)
  return all.map(({ id }) =>
    unreachable(
      path,
      `The machine in ${displayName} has the state ${id}, and nothing leads to it.`,
      'Add a transition to it, or remove it.',
    ),
  )
}

function reachedIn(root: AnyStateNode): Set<AnyStateNode> {
  const reached = new Set<AnyStateNode>()
  const enter = (state: AnyStateNode | undefined): void => {
    if (!state || reached.has(state)) return
    reached.add(state)
    enter(state.parent)
    if (state.type === 'parallel') Object.values(state.states).forEach((child) => enter(child as AnyStateNode))
    for (const target of state.initial?.target ?? []) enter(target)
    const lists = [...state.transitions.values(), state.always ?? []]
    for (const transition of lists.flat()) for (const target of transition.target ?? []) enter(target)
    if (state.type === 'history') enter(state.parent)
  }
  enter(root)
  return reached
}

/** A state of a user's own machine that only an event could lead out of: what is sent to the run never gets there. */
function waitingAlone({ path, displayName, node }: Definition): Finding[] {
  const logic = node.facts?.logic as Partial<AnyStateMachine> | undefined
  if (!logic?.root || outsideOf(logic)) return []
  const all = [...reachedIn(logic.root)]
  // Who is in it may send it, and so may its own timers.
  if (all.some(({ invoke, entry, after }) => invoke.length > 0 || entry.length > 0 || after.length > 0)) return []
  const stuck = all.filter(({ type, always, parent }) => type === 'atomic' && !always?.length && parent !== undefined)
  const types = new Set(stuck.flatMap((state) => [...ownEvents(state)]))
  if (types.size === 0) return []
  const [type] = types
  return [
    {
      code: 'event-unreachable',
      severity: 'warning',
      path,
      message: `The machine in ${displayName} waits for ${[...types].join(', ')}, and an event that is sent to the run reaches only what was made with tinyllm.`,
      remedy: `Use receive({ events: { ${type}: … } }) instead, or send it to that actor: run.getSnapshot().children['${path}'].send({ type: '${type}' }).`,
    },
  ]
}

const ownEvents = (state: AnyStateNode): readonly string[] => {
  const own = [...state.transitions.keys()].filter((type) => !/^(?:xstate|tinyllm)\.|^\*?$/.test(type))
  return state.parent ? [...own, ...ownEvents(state.parent)] : own
}

/** Two states that wait for one event at the same time: it must say which is meant. */
function twice({ path, displayName, node, children }: Definition): Finding[] {
  if (node.kind !== 'parallel') return []
  const waiting = children.map((child) =>
    allDefinitions(child).flatMap((definition) => Object.keys(definition.node.facts?.events ?? {})),
  )
  const types = new Set(
    waiting.flatMap((list, index) =>
      list.filter((type) => waiting.some((other, at) => at !== index && other.includes(type))),
    ),
  )
  return [...types].map((type) => ({
    code: 'event-ambiguous',
    severity: 'info',
    path,
    message: `More than one child of ${displayName} may wait for ${type} at the same time; without a path it is then rejected.`,
    remedy: `Send it with the path of one, { type: '${type}', path: … }, or give the events different types.`,
  }))
}

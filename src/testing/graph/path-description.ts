import { pathLabelOf } from '../../border/label.ts'
import { callsIn } from '../samples/agent/model-answers.ts'
import { isModel, type Part, isCalls } from '../../analysis/definition.ts'
import { type Happening, isSilence, isTooLate } from '../simulation/simulated-event.ts'
import type { End } from '../simulation/test-model.ts'
import { textOf } from '../../analysis/stringify.ts'
import type { Inventory } from '../../analysis/chart/transition-table.ts'

/** A path in words: "chat fails twice, then answers 'bad' → emailNotification fails → failed at …". */
export function scenarioOf(
  happenings: readonly Happening[],
  end: End | undefined,
  parts: ReadonlyMap<string, Part>,
  notes: Notes = new Map(),
) {
  const phrases = repeated(grouped(happenings).flatMap((group) => phraseOf(group, parts, notes) ?? []))
  const isPlain = happenings.every(
    (each) => each.type === 'start' || (each.type === 'gives' && !each.refused && !each.matters),
  )
  const said = isPlain && end?.state === 'complete' ? [...phrases, 'no failures'] : phrases
  return [...said, endIn(end, parts)].join(' → ')
}

function endIn(end: End | undefined, parts: ReadonlyMap<string, Part>): string {
  if (!end) return 'and so on'
  if (end.state === 'complete') return end.isRejected ? 'rejected' : 'complete'
  return `failed at ${parts.get(end.path)?.named ?? end.path} (${end.code})`
}

/** How many phrases may make a round that is gone through again and again. */
const LONGEST_ROUND = 4

/** The same again and again is said once, also where several phrases make a round. */
function repeated(phrases: readonly string[]): string[] {
  const said: string[] = []
  for (let at = 0; at < phrases.length;) {
    const [length, times] = roundAt(phrases, at)
    const round = phrases.slice(at, at + length)
    const whole = round.join(' → ')
    said.push(times === 1 ? whole : length === 1 ? `${whole} (${times} times)` : `(${whole}) ${times} times`)
    at += length * times
  }
  return said
}

function roundAt(phrases: readonly string[], at: number): readonly [length: number, times: number] {
  for (let length = 1; length <= LONGEST_ROUND; length++) {
    const isSame = (from: number) =>
      from + length <= phrases.length &&
      phrases.slice(from, from + length).every((each, index) => each === phrases[at + index])
    let times = 1
    while (isSame(at + times * length)) times++
    if (times > (length === 1 ? 1 : 2)) return [length, times]
  }
  return [1, 1]
}

/** What happens to one function, one thing directly after the other, is one phrase; its waits between belong to it. */
function grouped(happenings: readonly Happening[]): Happening[][] {
  const groups: Happening[][] = []
  for (const happening of happenings) {
    const last = groups.at(-1)
    const before = last?.[0]
    if (happening.type === 'time' && happening.actor.endsWith('#retry') && !happening.breaks) {
      // A retry of what is around it begins anew.
      if (before && 'path' in before && before.path !== happening.path) groups.push([])
      continue
    }
    const broke = last?.some((each) => 'breaks' in each && each.breaks)
    const goesOn = before && 'path' in before && 'path' in happening && before.path === happening.path
    if (goesOn && before.type !== 'send' && !broke) last?.push(happening)
    else groups.push([happening])
  }
  return groups
}

type Notes = ReadonlyMap<Happening, readonly string[]>

function phraseOf(group: readonly Happening[], parts: ReadonlyMap<string, Part>, notes: Notes): string | undefined {
  const [first] = group
  // What breaks is the last that happens.
  const noted = group.flatMap((happening) => notes.get(happening) ?? [])
  if (!first) return undefined
  if (first.type === 'start') {
    const broken = first.breaks && breaking(first.breaks, parts)
    if (first.refused) return 'the input is rejected'
    const input = first.matters ? `input ${shown(first.input)}` : undefined
    return [input, first.says, ...noted, broken].filter(Boolean).join(' → ') || undefined
  }
  if (first.type === 'cancel') return 'it is cancelled'
  if (first.type === 'turn') return `${nameOf(first.path, parts)} has its turn`
  // Of calls it says itself which are meant.
  if ('says' in first && first.says && isCalls(parts.get(first.path))) return first.says
  const verbs: string[] = []
  let times = 1
  group.forEach((happening, index) => {
    const verb = verbOf(happening, parts.get(first.path), group.length > 1)
    if (verb === undefined) return
    const next = group[index + 1]
    if (next && verbOf(next, parts.get(first.path), true) === verb) {
      times += 1
      return
    }
    verbs.push(times > 1 ? `${verb} ${times === 2 ? 'twice' : `${times} times`}` : verb)
    times = 1
  })
  const broken = group.flatMap((happening) =>
    'breaks' in happening && happening.breaks ? [breaking(happening.breaks, parts)] : [],
  )
  const own = verbs.length > 0 ? [`${nameOf(first.path, parts)} ${verbs.join(', then ')}`] : []
  return [...own, ...noted, ...broken].join(' → ') || undefined
}

function verbOf(happening: Happening, part: Part | undefined, always: boolean): string | undefined {
  switch (happening.type) {
    case 'gives': {
      const { value, matters, refused, late, actor, path } = happening
      if (happening.says) return happening.says
      const says = isModel(part) ? 'answers' : 'returns'
      if (refused) return `${says} what its schema rejects`
      if (actor !== path) return undefined
      const slow = late ? ' at the last moment' : ''
      const calls = callsIn(value)
      if (calls !== undefined) return `calls ${calls}${slow}`
      if (matters) return `${says} ${shown(value)}${slow}`
      return always || late ? `${says === 'returns' ? 'works' : says}${slow}` : undefined
    }
    case 'fails': {
      const { message } = happening.error
      const verb = happening.actor === happening.path ? 'fails' : 'fails in processOutput'
      return `${verb}${message === 'simulated failure' ? '' : ` with ${shown(message)}`}`
    }
    case 'time':
      // After a wait the next attempt begins; what broke there is told beside it.
      if (happening.breaks) return undefined
      if (isTooLate(happening.actor)) return 'is not approved in time'
      return isSilence(happening.actor) ? 'makes no progress' : 'times out'
    case 'send':
      if (happening.says) return happening.says
      return happening.refused ? `rejects ${happening.event.type}` : `receives ${happening.event.type}`
    default:
      return undefined
  }
}

const breaking = (spot: string, parts: ReadonlyMap<string, Part>): string => {
  const [path = '', verb] = spot.split('#')
  const name = nameOf(path, parts)
  if (verb === 'validateInput') return `${name} rejects its input`
  if (verb === 'validateOutput') return `${name} rejects its output`
  if (verb?.startsWith('when:')) {
    let step = `${path}.${verb.slice('when:'.length)}`
    // Where a step is itself called so, the key of the question has a colon more.
    while (!parts.has(step) && step.endsWith(':')) step = step.slice(0, -1)
    return `the predicate of ${nameOf(step, parts)} throws`
  }
  if (verb === 'begin' && parts.get(path)?.parent?.node.facts?.next)
    return `next of ${nameOf(path.slice(0, path.lastIndexOf('.')), parts)} throws`
  if (verb?.startsWith('endWhen:')) return `endWhen of ${name} throws`
  return verb === 'begin' ? `the mapper of ${name} throws` : `the predicate of ${name} throws`
}

/** The step of a flow that a state asks for: the guard of its other way names it. */
function stepAsked(state: string, flow: string, arrows: Inventory['arrows']): string | undefined {
  const [asks] = [...arrows.values()].filter(({ from, guard }) => from === state && guard?.startsWith(isNeeded(flow)))
  return asks?.guard?.slice(isNeeded(flow).length)
}

/** What the arrows that were taken say of the steps of flows: which was skipped, and where one ended early. */
export function notesOf(taken: readonly string[], { arrows }: Inventory, parts: ReadonlyMap<string, Part>): string[] {
  return taken.flatMap((id) => {
    const { from, guard, path } = arrows.get(id) ?? {}
    if (from === undefined || path === undefined) return []
    const step = guard === undefined ? stepAsked(from, path, arrows) : undefined
    if (step !== undefined) return [`${nameOf(`${path}.${step}`, parts)} is skipped`]
    return guard?.startsWith(`${path}#isOver:`) ? [`${nameOf(path, parts)} ends early`] : []
  })
}

/** What begins the name of the guard that lets a step of a flow run. */
export const isNeeded = (flow: string): string => `${flow}#isNeeded:`

/** As short as it can be and still mean one function, with the user's own name of it. */
export function nameOf(path: string, parts: ReadonlyMap<string, Part>): string {
  const { ownName } = parts.get(path) ?? {}
  const keys = path.split('.')
  for (let count = 1; count < keys.length; count++) {
    const name = keys.slice(-count).join('.')
    const same = [...parts.keys()].filter((other) => other === name || other.endsWith(`.${name}`))
    if (same.length === 1 && name !== 'deciding' && name !== 'body' && name !== 'each')
      return pathLabelOf(name, ownName)
  }
  return pathLabelOf(path, ownName)
}

export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 39)}…` : value}'`
  const text = textOf(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

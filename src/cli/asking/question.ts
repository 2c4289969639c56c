import { isPlainObject } from '../../border/shape.ts'
import { agentOf } from '../../nodes/agent/approve.ts'
import type { JsonSchema } from '../../types.ts'
import { Unfit, yesOrNo } from './accepted.ts'
import { askUntil, choose, type Person } from './person.ts'
import { readable, visible } from './readable.ts'
import { askValue } from './value.ts'
import type { Answer, Wait } from './wait.ts'

/** Shows what a run waits for, and what is to be judged. */
export function show(person: Person, { path, events, input, call }: Wait): void {
  const subject = call ? `your approval of ${visible(call.name)}` : Object.keys(events).map(visible).join(' or ')
  person.say(`\n? ${visible(path)} waits for ${subject}\n`)
  if (call) person.say(`  ${visible(call.name)} would run with:\n`)
  if (input !== undefined && input !== null) person.say(readable(input, call ? '    ' : '  '))
}

/** The event that a person answers a wait with; nothing where they want to answer one of the `others` first. */
export async function askEvent(person: Person, wait: Wait, others: readonly Wait[] = []): Promise<Answer | undefined> {
  const { path, events, call } = wait
  if (call && events.APPROVE && events.REJECT) return askApproval(person, wait, others)
  const types = Object.keys(events)
  const [only] = types
  if (only && types.length === 1 && isBare(events[only])) {
    await confirm(person, only)
    return { type: only, path }
  }
  const chosen = types.length === 1 ? 0 : await choose(person, 'event', types)
  const type = types[chosen] as string
  return { ...(await askPayload(person, type, events[type] ?? {})), type, path }
}

const isBare = (schema: JsonSchema = {}): boolean =>
  isPlainObject(schema.properties) && Object.keys(schema.properties).length === 0

/** Where there is nothing to choose and nothing to fill in, a person still says when. */
const confirm = (person: Person, type: string): Promise<void> =>
  askUntil(person, type, 'empty sends it', (line) => {
    if (line.trim() !== '' && !yesOrNo(line.trim())) throw new Unfit('is all that can be sent here')
  })

async function askPayload(person: Person, type: string, schema: JsonSchema): Promise<object> {
  const isObject = isPlainObject(schema.properties) || schema.anyOf || schema.oneOf || schema.allOf || schema.$ref
  const empty = { value: {}, means: 'sends none' }
  const question = isObject ? { name: '' } : { name: `fields of ${type}`, empty }
  const payload = await askValue(person, { ...question, schema, root: schema })
  return isPlainObject(payload) ? payload : {}
}

/** A call of a tool runs as it is, or with other arguments, or does not run. */
async function askApproval(person: Person, wait: Wait, others: readonly Wait[]): Promise<Answer | undefined> {
  const { path, events, input, call } = wait
  const about = { path, id: call?.id }
  const { arguments: form } = fieldsOf(events.APPROVE)
  const { reason, end } = fieldsOf(events.REJECT)
  const ways: [label: string, ask: () => Promise<Answer | undefined>][] = [
    ['approve', async () => ({ type: 'APPROVE', ...about })],
    ['reject', async () => ({ type: 'REJECT', ...about, ...(await askReason(person, reason)) })],
  ]
  if (form)
    ways.push(['edit the arguments, then approve', async () => ({ ...about, ...(await edited(person, form, input)) })])
  if (end) {
    const askEnd = async () => ({ type: 'REJECT', ...about, ...(await askReason(person, reason)), end: true })
    ways.push(['reject, and end the agent', askEnd])
  }
  const agent = agentOf(path)
  const alike = others.filter((other) => other.call && agentOf(other.path) === agent)
  if (alike.length > 0) {
    ways.push([
      `approve all ${alike.length + 1} calls that wait`,
      async () => ({ type: 'APPROVE', path: agent, ids: 'all' }),
    ])
  }
  if (others.length > 0) ways.push(['answer another one first', async () => undefined])
  const labels = ways.map(([label]) => label)
  const [, ask] = ways[await choose(person, call?.name ?? 'call', labels)] as (typeof ways)[number]
  return ask()
}

const fieldsOf = (schema: JsonSchema | undefined): Partial<Record<string, JsonSchema>> =>
  Object(schema?.properties) as Partial<Record<string, JsonSchema>>

async function askReason(person: Person, schema: JsonSchema = { type: 'string' }): Promise<object> {
  const empty = { value: undefined, means: 'leaves it out' }
  const reason = await askValue(person, { name: 'reason', schema, root: schema, empty })
  return reason === undefined ? {} : { reason }
}

async function edited(person: Person, schema: JsonSchema, input: unknown): Promise<Answer> {
  const name = isPlainObject(input) ? '' : 'arguments'
  const empty = { value: input, means: 'keeps them' }
  return { type: 'APPROVE', arguments: await askValue(person, { name, schema, root: schema, now: input, empty }) }
}

import { isPlainObject } from '../../border/shape.ts'
import { agentOf } from '../../nodes/agent/approval-events.ts'
import type { JsonSchema } from '../../types.ts'
import { InvalidAnswer, parseYesNo } from './parse-answer.ts'
import { promptUntilValid, promptChoice, type PromptIO } from './prompt.ts'
import { formatValueLines, escapeControls } from './format-value.ts'
import { promptValue } from './prompt-value.ts'
import type { EventAnswer, PromptedWait } from './prompted-wait.ts'

/** Shows what a run waits for, and what is to be judged. */
export function showWait(person: PromptIO, { path, events, input, call }: PromptedWait): void {
  const subject = call
    ? `your approval of ${escapeControls(call.name)}`
    : Object.keys(events).map(escapeControls).join(' or ')
  person.say(`\n? ${escapeControls(path)} waits for ${subject}\n`)
  if (call) person.say(`  ${escapeControls(call.name)} would run with:\n`)
  if (input !== undefined && input !== null) person.say(formatValueLines(input, call ? '    ' : '  '))
}

/** The event that a person answers a wait with; nothing where they want to answer one of the `others` first. */
export async function promptEvent(
  person: PromptIO,
  wait: PromptedWait,
  others: readonly PromptedWait[] = [],
): Promise<EventAnswer | undefined> {
  const { path, events, call } = wait
  if (call && events.APPROVE && events.REJECT) return promptApproval(person, wait, others)
  const types = Object.keys(events)
  const [only] = types
  if (only && types.length === 1 && hasNoProperties(events[only])) {
    await promptSend(person, only)
    return { type: only, path }
  }
  const chosen = types.length === 1 ? 0 : await promptChoice(person, 'event', types)
  const type = types[chosen] as string
  return { ...(await promptPayload(person, type, events[type] ?? {})), type, path }
}

const hasNoProperties = (schema: JsonSchema = {}): boolean =>
  isPlainObject(schema.properties) && Object.keys(schema.properties).length === 0

/** Where there is nothing to choose and nothing to fill in, a person still says when. */
const promptSend = (person: PromptIO, type: string): Promise<void> =>
  promptUntilValid(person, type, 'empty sends it', (line) => {
    if (line.trim() !== '' && !parseYesNo(line.trim())) throw new InvalidAnswer('is all that can be sent here')
  })

async function promptPayload(person: PromptIO, type: string, schema: JsonSchema): Promise<object> {
  const isObject = isPlainObject(schema.properties) || schema.anyOf || schema.oneOf || schema.allOf || schema.$ref
  const empty = { value: {}, means: 'sends none' }
  const question = isObject ? { name: '' } : { name: `fields of ${type}`, empty }
  const payload = await promptValue(person, { ...question, schema, root: schema })
  return isPlainObject(payload) ? payload : {}
}

/** A call of a tool runs as it is, or with other arguments, or does not run. */
async function promptApproval(
  person: PromptIO,
  wait: PromptedWait,
  others: readonly PromptedWait[],
): Promise<EventAnswer | undefined> {
  const { path, events, input, call } = wait
  const about = { path, id: call?.id }
  const { arguments: form } = propertiesOf(events.APPROVE)
  const { reason, end } = propertiesOf(events.REJECT)
  const ways: [label: string, ask: () => Promise<EventAnswer | undefined>][] = [
    ['approve', async () => ({ type: 'APPROVE', ...about })],
    ['reject', async () => ({ type: 'REJECT', ...about, ...(await promptReason(person, reason)) })],
  ]
  if (form)
    ways.push([
      'edit the arguments, then approve',
      async () => ({ ...about, ...(await promptArguments(person, form, input)) }),
    ])
  if (end) {
    const askEnd = async () => ({ type: 'REJECT', ...about, ...(await promptReason(person, reason)), end: true })
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
  const [, ask] = ways[await promptChoice(person, call?.name ?? 'call', labels)] as (typeof ways)[number]
  return ask()
}

const propertiesOf = (schema: JsonSchema | undefined): Partial<Record<string, JsonSchema>> =>
  Object(schema?.properties) as Partial<Record<string, JsonSchema>>

async function promptReason(person: PromptIO, schema: JsonSchema = { type: 'string' }): Promise<object> {
  const empty = { value: undefined, means: 'leaves it out' }
  const reason = await promptValue(person, { name: 'reason', schema, root: schema, empty })
  return reason === undefined ? {} : { reason }
}

async function promptArguments(person: PromptIO, schema: JsonSchema, input: unknown): Promise<EventAnswer> {
  const name = isPlainObject(input) ? '' : 'arguments'
  const empty = { value: input, means: 'keeps them' }
  return { type: 'APPROVE', arguments: await promptValue(person, { name, schema, root: schema, now: input, empty }) }
}

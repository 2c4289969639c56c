import { formatEvents } from '../border/open-waits.ts'
import { formatValueLines, escapeControls } from './prompts/format-value.ts'
import type { EventAnswer, PromptedWait } from './prompts/prompted-wait.ts'

const MAX_SHOWN_WAITS = 20

/** The text for waits that cannot be answered here; `left` are the prepared answers that were not used. */
export function formatUnanswered(name: string, waits: readonly PromptedWait[], left: readonly EventAnswer[]): string {
  const [first] = waits
  const [type = 'EVENT'] = Object.keys(first?.events ?? {})
  const [what, them] = waits.length === 1 ? ['an event', 'it'] : [`${waits.length} events`, 'them']
  return [
    `\n◷ ${escapeControls(name)} waits for ${what}, and nothing here can send ${them}.`,
    ...waits.slice(0, MAX_SHOWN_WAITS).map(formatWait),
    ...(waits.length > MAX_SHOWN_WAITS ? [`  and ${waits.length - MAX_SHOWN_WAITS} more`] : []),
    ...(left.length > 0
      ? [
          `  The next one of the answers (${left.length} left) is not waited for: ${escapeControls(JSON.stringify(left[0]).slice(0, 200))}.`,
        ]
      : []),
    `Run it in a terminal, which asks for the event. Or give --answers FILE; or add --inspect, and answer in its page; or send it from a program: actor.send({ type: '${type}', path: '${first?.path ?? ''}', … }).`,
  ].join('\n')
}

function formatWait({ path, events, input, call }: PromptedWait): string {
  const about =
    input === undefined || input === null ? '' : `\n    about\n${formatValueLines(input, '      ').trimEnd()}`
  const tool = call ? ` to decide on the call ${escapeControls(call.id)} of ${escapeControls(call.name)}` : ''
  const each = Object.entries(events).map(
    ([type, schema]) => `\n    ${escapeControls(formatEvents({ [type]: schema }))}`,
  )
  return `  ${escapeControls(path)} waits${tool} for${each.join('')}${about}`
}

/** The same as data; `since` and the like are of one run. */
export const unansweredToJson = (waits: readonly PromptedWait[]): object[] =>
  waits.map(({ path, events, input, call }) => ({ path, events, input: input ?? null, ...(call && { call }) }))

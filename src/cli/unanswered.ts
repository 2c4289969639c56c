import { formatEvents } from '../border/open-waits.ts'
import { readable, visible } from './asking/readable.ts'
import type { Answer, Wait } from './asking/wait.ts'

const SHOWN = 20

/** What a run waits for that nobody here can answer, in words; `left` answers were prepared that nothing took. */
export function unansweredInWords(name: string, waits: readonly Wait[], left: readonly Answer[]): string {
  const [first] = waits
  const [type = 'EVENT'] = Object.keys(first?.events ?? {})
  const [what, them] = waits.length === 1 ? ['an event', 'it'] : [`${waits.length} events`, 'them']
  return [
    `\n◷ ${visible(name)} waits for ${what}, and nothing here can send ${them}.`,
    ...waits.slice(0, SHOWN).map(told),
    ...(waits.length > SHOWN ? [`  and ${waits.length - SHOWN} more`] : []),
    ...(left.length > 0
      ? [
          `  The next one of the answers (${left.length} left) is not waited for: ${visible(JSON.stringify(left[0]).slice(0, 200))}.`,
        ]
      : []),
    `Run it in a terminal, which asks for the event. Or give --answers FILE; or add --inspect, and answer in its page; or send it from a program: actor.send({ type: '${type}', path: '${first?.path ?? ''}', … }).`,
  ].join('\n')
}

function told({ path, events, input, call }: Wait): string {
  const about = input === undefined || input === null ? '' : `\n    about\n${readable(input, '      ').trimEnd()}`
  const tool = call ? ` to decide on the call ${visible(call.id)} of ${visible(call.name)}` : ''
  const each = Object.entries(events).map(([type, schema]) => `\n    ${visible(formatEvents({ [type]: schema }))}`)
  return `  ${visible(path)} waits${tool} for${each.join('')}${about}`
}

/** The same as data; `since` and the like are of one run. */
export const unansweredAsData = (waits: readonly Wait[]): object[] =>
  waits.map(({ path, events, input, call }) => ({ path, events, input: input ?? null, ...(call && { call }) }))

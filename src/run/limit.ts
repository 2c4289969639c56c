import type { AnyActorRef } from 'xstate'
import { callAt, now } from '../compile/timer.ts'
import { globalState } from '../border/global-state.ts'
import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { positiveOrZero, checkNumber, POSITIVE_INTEGER } from '../border/ranges.ts'
import type { Limit, LimitTurn, UsageEvent } from '../types.ts'
import { type Entry, Queue } from './queue.ts'
import { Rate } from './rate.ts'

/** `concurrency`: how many at the same time. The others: how many within any 60 seconds. */
export type LimitRates = {
  concurrency?: number | undefined
  requestsPerMinute?: number | undefined
  tokensPerMinute?: number | undefined
}

/** The limits of this process that have a key. */
const shared = globalState('limits', () => new Map<string, Limit>())

/**
 * A limit for the policy of functions: whatever has the same one stands in the same line, across runs and pipelines,
 * first come, first served. Limits of the same `key` are one. Waiting is the state `waitingForLimit`; it ends with the
 * run, and starts again after a restore. Tokens are known only when they are spent: a call may begin while fewer than
 * `tokensPerMinute` were used within the last minute, as `usage` events tell. With retry each attempt waits its turn.
 * A function that goes on after its timeout, or after its run has ended, keeps its place until it is really over.
 * It holds within one process. Throws a `TypeError` without any rate, or on other rates for a known key.
 *
 * @example
 * const gentle = limit({ concurrency: 4, requestsPerMinute: 500, tokensPerMinute: 200_000 })
 * const chat = openAIChat({ name: 'chat', model: 'gpt-4o-mini', limit: gentle })
 */
export function limit(options: LimitRates & { key?: string | undefined }): Limit {
  checkOptions('limit', options, ['concurrency', 'requestsPerMinute', 'tokensPerMinute', 'key'])
  const { key, ...rates } = options
  if (key !== undefined && typeof key !== 'string')
    throw new TypeError(`limit: key is ${formatValue(key)}. Give a string.`)
  const owner = key === undefined ? 'limit' : `limit ${key}`
  const given = Object.entries(rates).filter(([, value]) => value !== undefined)
  if (given.length === 0)
    throw new TypeError(`${owner} has no limit. Give it concurrency, requestsPerMinute or tokensPerMinute.`)
  for (const [field, value] of given) checkNumber(owner, field, value, POSITIVE_INTEGER)
  const known = key === undefined ? undefined : shared.get(key)
  if (known) {
    const { concurrency, requestsPerMinute, tokensPerMinute } = known
    const same = { concurrency, requestsPerMinute, tokensPerMinute } as Readonly<Record<string, unknown>>
    if (Object.entries(same).every(([field, value]) => value === rates[field as keyof LimitRates])) return known
    throw new TypeError(
      `${owner} already exists with other rates: ${JSON.stringify(same)}. Use another key, or the same rates.`,
    )
  }
  const made: Limit = Object.freeze({ ...(key !== undefined && { key }), ...rates, ...line(rates) })
  if (key !== undefined) shared.set(key, made)
  return made
}

type Waiting = { actor: AnyActorRef; granted: () => void }

/** Those who wait, in their order, and what was used of the rates. Each step costs the same, however many wait. */
function line({ concurrency = Infinity, requestsPerMinute, tokensPerMinute }: LimitRates) {
  const waiting = new Queue<Waiting>()
  const starts = requestsPerMinute === undefined ? undefined : new Rate(requestsPerMinute)
  const spent = tokensPerMinute === undefined ? undefined : new Rate(tokensPerMinute)
  let running = 0
  const seen = new WeakSet<object>()
  let callOff = () => {}

  /** When the next may begin; never, as far as time alone can tell, while all places are taken. */
  function opensAt(time: number): number {
    if (running >= concurrency) return Infinity
    return Math.max(starts?.opensAt(time) ?? time, spent?.opensAt(time) ?? time)
  }

  function begin(actor: AnyActorRef): void {
    running++
    starts?.use(now(actor), 1)
  }

  /** Lets in whoever may begin; if it is a matter of time, comes back then. */
  function advance(): void {
    callOff()
    callOff = () => {}
    for (let next = waiting.first; next; next = waiting.first) {
      const { actor, granted } = next.value
      const time = now(actor)
      const at = opensAt(time)
      if (at > time) {
        if (at !== Infinity) callOff = callAt(actor, at, advance)
        return
      }
      waiting.remove(next)
      begin(actor)
      granted()
    }
  }

  return {
    enter(actor: AnyActorRef, granted?: () => void): LimitTurn {
      let place: Entry<Waiting> | undefined
      let here = true
      const enters = () => {
        place = undefined
        granted?.()
      }
      if (granted) {
        place = waiting.push({ actor, granted: enters })
        // Behind others nothing changes for anybody.
        if (waiting.first === place) advance()
      } else begin(actor)
      return {
        leave() {
          if (!here) return
          here = false
          const isFirst = place === waiting.first
          if (place) waiting.remove(place)
          else running--
          if (isFirst || !place) advance()
        },
        spend(event: UsageEvent) {
          // Several that hold a turn may tell of the same event.
          if (!spent || seen.has(event)) return
          seen.add(event)
          spent.use(now(actor), positiveOrZero(event.inputTokens) + positiveOrZero(event.outputTokens))
        },
      }
    },
  }
}

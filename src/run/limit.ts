import type { AnyActorRef } from 'xstate'
import { callAt, now } from '../compile/timer.ts'
import { globalState } from '../border/global-state.ts'
import { checkOptions } from '../border/options.ts'
import { formatValue } from '../border/format-value.ts'
import { checkNumber, POSITIVE_INTEGER, positiveOrZero } from '../border/ranges.ts'
import type { Limit, LimitTurn, UsageEvent } from '../types.ts'
import { type Entry, Queue } from './queue.ts'
import { Rate } from './rate.ts'

/** `concurrency`: how many at the same time. The others: how many within any 60 seconds (a sliding window). */
export type LimitRates = {
  concurrency?: number | undefined
  requestsPerMinute?: number | undefined
  tokensPerMinute?: number | undefined
}

/** The limits of this process that have a key. */
const limitsByKey = /* @__PURE__ */ globalState('limits', () => new Map<string, Limit>())

/**
 * A rate and concurrency limit for the policy of functions. All functions with the same limit share one queue (first in,
 * first out), across runs and pipelines of this process; limits with the same `key` are the same limit. While it waits, a
 * function is in the state `waitingForLimit`; after a restore it waits again. Each attempt waits for its turn. Tokens are
 * counted when `usage` events report them: a call may start while fewer than `tokensPerMinute` were used within the last
 * minute. A function that continues after its timeout, or after its run has ended, counts until it settles. Throws a
 * `TypeError` without any rate, and for a known key with other rates.
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
  const known = key === undefined ? undefined : limitsByKey.get(key)
  if (known) {
    const { concurrency, requestsPerMinute, tokensPerMinute } = known
    const same = { concurrency, requestsPerMinute, tokensPerMinute } as Readonly<Record<string, unknown>>
    if (Object.entries(same).every(([field, value]) => value === rates[field as keyof LimitRates])) return known
    throw new TypeError(
      `${owner} already exists with other rates: ${JSON.stringify(same)}. Use another key, or the same rates.`,
    )
  }
  const made: Limit = Object.freeze({ ...(key !== undefined && { key }), ...rates, ...createQueue(rates) })
  if (key !== undefined) limitsByKey.set(key, made)
  return made
}

type WaitingFunction = { actor: AnyActorRef; granted: () => void }

/** The queue of waiting functions, and what was used of the rates. Each operation is O(1). */
function createQueue({ concurrency = Infinity, requestsPerMinute, tokensPerMinute }: LimitRates) {
  const waiting = new Queue<WaitingFunction>()
  const starts = requestsPerMinute === undefined ? undefined : new Rate(requestsPerMinute)
  const spent = tokensPerMinute === undefined ? undefined : new Rate(tokensPerMinute)
  let running = 0
  const seen = new WeakSet<object>()
  let callOff = () => {}

  /** The time at which the next function may start; Infinity while `concurrency` are running. */
  function opensAt(time: number): number {
    if (running >= concurrency) return Infinity
    return Math.max(starts?.opensAt(time) ?? time, spent?.opensAt(time) ?? time)
  }

  function begin(actor: AnyActorRef): void {
    running++
    starts?.use(now(actor), 1)
  }

  /** Starts all functions that may start; sets a timer if the next one must wait for a rate. */
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
      let place: Entry<WaitingFunction> | undefined
      let here = true
      const enters = () => {
        place = undefined
        granted?.()
      }
      if (granted) {
        place = waiting.push({ actor, granted: enters })
        // Behind others, nothing changes.
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
          // Nested functions with this limit report the same event.
          if (!spent || seen.has(event)) return
          seen.add(event)
          spent.use(now(actor), positiveOrZero(event.inputTokens) + positiveOrZero(event.outputTokens))
        },
      }
    },
  }
}

import type { RunEvent } from 'tinyllm'
import { expect, test } from 'vitest'
import { EventBuffer } from '../../src/run/event-buffer.ts'

/** From this many events on, tokens are joined. */
const LIMIT = 1024
const token = (path: string, delta: string, more = {}): RunEvent => ({ type: 'token', path, delta, ...more })

/** What a reader gets of these events, where so many wait before them already. */
function read(events: readonly RunEvent[], waiting = LIMIT): RunEvent[] {
  const backlog = new EventBuffer()
  for (let n = 0; n < waiting; n++) backlog.push({ type: 'state', path: 'x', state: 'running', attempt: n })
  for (const event of events) backlog.push(event)
  for (let n = 0; n < waiting; n++) expect(backlog.shift()).toMatchObject({ attempt: n })
  const rest: RunEvent[] = []
  for (let event = backlog.shift(); event; event = backlog.shift()) rest.push(event)
  return rest
}

test('few events wait as they are', () => {
  const events = [token('a', '1'), token('a', '2'), token('b', '3')]
  expect(read(events, 0)).toEqual(events)
})

test('of many, tokens of one path are joined, also across other paths', () => {
  expect(read([token('a', '1'), token('b', 'x'), token('a', '2'), token('a', '3')])).toEqual([
    token('a', '123'),
    token('b', 'x'),
  ])
})

test('tokens are not joined across another event of their path', () => {
  const between: RunEvent = { type: 'finish', path: 'a', reason: 'stop' }
  const events = [token('a', '1'), between, token('a', '2')]
  expect(read(events)).toEqual(events)
})

test('tokens that differ in more than their text are not joined', () => {
  const events = [token('a', '1', { index: 0 }), token('a', '2', { index: 1 }), token('a', '3')]
  expect(read(events)).toEqual(events)
})

test('a token that was read already is not added to', () => {
  const backlog = new EventBuffer()
  for (let n = 0; n < LIMIT; n++) backlog.push({ type: 'state', path: 'x', state: 'running', attempt: n })
  backlog.push(token('a', '1'))
  for (let n = 0; n < LIMIT; n++) backlog.shift()
  expect(backlog.shift()).toEqual(token('a', '1'))
  for (let n = 0; n < LIMIT; n++) backlog.push({ type: 'state', path: 'x', state: 'running', attempt: n })
  backlog.push(token('a', '2'))
  for (let n = 0; n < LIMIT; n++) backlog.shift()
  expect(backlog.shift()).toEqual(token('a', '2'))
})

import fc from 'fast-check'
import type { ChatMessage } from 'tinyllm'
import { describe, expect, test } from 'vitest'
import { withFeedback } from '../../src/models/feedback.ts'

const asked: ChatMessage[] = [{ role: 'user', content: 'How old?' }]
const told = (said: unknown, issues: object[]) => withFeedback(asked, [{ said, issues: issues as never }]).slice(1)
const number = { message: 'expected number', path: ['age'] }
const call = (id: string, name = 'weather', text = '{"city":1}') =>
  ({ id, type: 'function', function: { name, arguments: text } }) as const

describe('withFeedback', () => {
  test('gives the conversation itself where nothing was refused', () => {
    expect(withFeedback(asked, [])).toBe(asked)
  })

  test.each<[string, unknown, string]>([
    ['a text', '{"age":"old"}', '{"age":"old"}'],
    ['a value', { age: 'old' }, '{"age":"old"}'],
    ['a list', ['old'], '["old"]'],
    ['a number', 7, '7'],
  ])('quotes %s as it was said, and says what was wrong', (_, said, content) => {
    expect(told(said, [number])).toEqual([
      { role: 'assistant', content },
      {
        role: 'user',
        content: 'Your last answer does not fit: age: expected number. Answer again, in the form that was asked for.',
      },
    ])
  })

  test.each<[unknown, object, string]>([
    ['{"result":{"age":"old"}}', number, 'result.age: expected number'],
    ['```json\n{"result":{"age":"old"}}\n```', number, 'result.age: expected number'],
    [
      { role: 'assistant', content: '{"result":"x"}' },
      { message: 'expected number', path: [] },
      'result: expected number',
    ],
    ['{"age":"old"}', number, 'age: expected number'],
    ['{"result":{"age":"old"},"n":1}', number, 'age: expected number'],
    ['old', number, 'age: expected number'],
  ])('says where in the wrapper that was asked for %j is wrong', (said, issue, words) => {
    const refused = [{ said, issues: [issue as never] }]
    expect(withFeedback(asked, refused, 'result').at(-1)?.content).toContain(`does not fit: ${words}.`)
    expect(withFeedback(asked, refused).at(-1)?.content).not.toContain('result')
  })

  test('keeps a message whole', () => {
    const said = { role: 'assistant', content: 'Hm', parts: [{ provider: 'x' }] }
    expect(told(said, [number])[0]).toEqual(said)
  })

  test.each([
    ['an empty answer', ''],
    ['blanks', ' \n'],
    ['what was no data', undefined],
  ])('says only what was wrong of %s', (_, said) => {
    expect(told(said, [number])).toEqual([
      { role: 'user', content: expect.stringContaining('does not fit: age: expected number.') },
    ])
  })

  test('answers each call of a tool with its own issues', () => {
    const said = { role: 'assistant', content: null, tool_calls: [call('a'), call('b'), call('c', 'none')] }
    const issues = [
      { message: 'expected string', path: ['tool_calls', 1, 'arguments', 'city'] },
      { message: 'there is no such tool', path: ['tool_calls', 2] },
    ]
    const error = { type: 'error-text', value: expect.stringMatching(/^this call/) }
    expect(told(said, issues)).toEqual([
      said,
      { role: 'tool', tool_call_id: 'a', content: expect.stringContaining('this call was not made'), result: error },
      {
        role: 'tool',
        tool_call_id: 'b',
        content: expect.stringContaining('does not fit: city: expected string.'),
        result: error,
      },
      {
        role: 'tool',
        tool_call_id: 'c',
        content: expect.stringContaining('does not fit: there is no such tool.'),
        result: error,
      },
    ])
  })

  test('a long list of issues is cut', () => {
    const issues = Array.from({ length: 10_000 }, (_, index) => ({ message: 'expected number', path: [index] }))
    const [, { content }] = told([], issues) as [ChatMessage, ChatMessage]
    expect(String(content).length).toBeLessThan(1000)
    expect(content).toContain('and 9980 more')
  })

  test('whatever was said: the conversation stands before it, each call has its answer, and all is JSON', () => {
    const texts = fc.constantFrom('', 'a', 'tool_calls', '{"a":1}', 'x. ')
    const calls = fc.array(fc.record({ id: texts, type: fc.constant('function'), function: fc.anything() }))
    const said = fc.oneof(
      fc.jsonValue(),
      texts,
      fc.record({ role: fc.constant('assistant'), content: fc.oneof(texts, fc.constant(null)), tool_calls: calls }),
    )
    const path = fc.array(fc.oneof(fc.constantFrom('tool_calls', 'arguments'), fc.nat(3), texts))
    const issues = fc.array(fc.record({ message: texts, path }), { minLength: 1 })
    fc.assert(
      fc.property(fc.array(fc.record({ said, issues })), (refused) => {
        const all = withFeedback(asked, refused as never)
        expect(all.slice(0, 1)).toEqual(asked)
        expect(() => JSON.stringify(all)).not.toThrow()
        all.forEach((message, at) => {
          if (message.role !== 'assistant') return
          const ids = message.tool_calls?.map(({ id }) => id) ?? []
          const next = all.slice(at + 1, at + 1 + Math.max(1, ids.length))
          if (ids.length === 0) expect(next.map(({ role }) => role)).toEqual(['user'])
          else expect(next.map((one) => one.role === 'tool' && one.tool_call_id)).toEqual(ids)
        })
      }),
      { numRuns: 500 },
    )
  })
})

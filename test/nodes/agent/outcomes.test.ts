import { agent, type AnyFn, fn, PipelineError } from 'tinyllm'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { define } from '../../../src/define.ts'
import { NODE, type HasNode } from '../../../src/compile/scope.ts'
import { failureOf, outcomeOf } from '../../../src/nodes/agent/tool-results.ts'
import { type AgentTool, toolsOf } from '../../../src/nodes/agent/tools.ts'

const tool = fn({ name: 't', description: 'A tool.', input: z.object({}), run: () => 1 })
const toolOf = (made: AnyFn) => toolsOf('it', [made]).get('t') as AgentTool
/** The tool, dressed with what a model sees of its output. */
function dressed(toModel: (output: never) => unknown): AgentTool {
  const node = (tool as unknown as HasNode)[NODE]
  return toolOf(define({ ...node, facts: { ...node.facts, tool: { toModel } } }) as never)
}
const maxLength = 100_000
const plain = toolOf(tool)
const told = (output: unknown, of: AgentTool | undefined = plain) => outcomeOf(output, of, { maxLength })
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const url = `data:image/png;base64,${PNG}`
const picture = { type: 'image_url', image_url: { url } }

const circle: { self?: unknown } = {}
circle.self = circle

describe('what a model reads of a tool that ran', () => {
  test.each<[string, unknown, object]>([
    ['a text', 'fine', { content: 'fine' }],
    ['data', { rain: true }, { content: '{"rain":true}', result: { type: 'json', value: { rain: true } } }],
    ['nothing', undefined, { content: 'done', result: { type: 'json', value: null } }],
    ['a Map', new Map([['a', 1]]), { content: '{"a":1}', result: { type: 'json', value: { a: 1 } } }],
    ['a date', new Date(0), { content: '1970-01-01T00:00:00.000Z', result: { type: 'json', value: '1970-01-01T00:00:00.000Z' } }],
    ['texts that are data', [{ type: 'text', text: 'a' }], { content: '[{"type":"text","text":"a"}]', result: { type: 'json', value: [{ type: 'text', text: 'a' }] } }],
    ['a picture with no bytes of one', [{ type: 'image', data: '!', mimeType: 'image/png' }], { content: '[{"type":"image","data":"!","mimeType":"image/png"}]', result: expect.objectContaining({ type: 'json' }) }],
    ['a picture at no address', [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }], { content: expect.stringContaining('file:///etc/passwd'), result: expect.objectContaining({ type: 'json' }) }],
  ])('is its output: %s', (_, output, expected) => {
    expect(told(output)).toEqual({ success: true, ...expected })
    expect(told(output, undefined)).toEqual({ success: true, ...expected })
  }) // prettier-ignore

  test.each<[string, unknown, string]>([
    ['a bigint', { id: 12n }, ': it holds a bigint at id'],
    ['a circle', circle, ': it holds a circular reference at self'],
    ['a class without data', new WeakMap(), ': it holds a value of the class WeakMap, which has no readable data'],
    ['a function', () => 1, ': it holds a function'],
    ['what cannot be read', Proxy.revocable({}, {}), ''],
  ])('says so where it has no text: %s', (_, output, what) => {
    if (what === '') (output as { revoke(): void }).revoke()
    const { success, content, result } = told(what === '' ? (output as { proxy: unknown }).proxy : output)
    expect(success).toBe(true)
    expect(content).toContain(`Error: the tool succeeded, but its result cannot be written as text${what}`)
    expect(result).toEqual({ type: 'error-text', value: content.slice('Error: '.length) })
  })

  test('has the pictures that it holds, and a sign for each in its text', () => {
    const parts = [{ type: 'text', text: 'Two:' }, picture, { type: 'image_url', image_url: { url: 'https://a.b/c.png', detail: 'low' } }]
    expect(told(parts)).toEqual({
      success: true,
      content: 'Two:\n[image]\n[image]',
      result: { type: 'content', value: parts },
    })
  }) // prettier-ignore

  test('has those of a server of the Model Context Protocol', () => {
    const contents = [
      { type: 'text', text: 'A map.', annotations: {} },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'file:///a.txt', text: 'its text' } },
      { type: 'resource', resource: { uri: 'file:///a.bin', blob: 'AAAA' } },
    ]
    const words = ['[audio]', 'its text', '[file file:///a.bin]']
    expect(told(contents)).toEqual({
      success: true,
      content: ['A map.', '[image]', ...words].join('\n'),
      result: {
        type: 'content',
        value: [{ type: 'text', text: 'A map.' }, picture, ...words.map((text) => ({ type: 'text', text }))],
      },
    })
  })

  test('is the output alone of an agent that returns its conversation', () => {
    const sub = agent({ name: 't', description: 'd', model: async () => ({ role: 'assistant', content: 'a' }), transcript: true, input: z.object({}), tools: [] }) // prettier-ignore
    const output = { output: 'a', messages: [] }
    expect(told(output, toolOf(sub as never))).toEqual({ success: true, content: 'a' })
  })
})

describe('toModel', () => {
  test.each<[string, unknown, object]>([
    ['a text', 'short', { content: 'short' }],
    ['data', { a: 1 }, { content: '{"a":1}', result: { type: 'json', value: { a: 1 } } }],
    ['parts', [{ type: 'text', text: 'a' }, picture], { content: 'a\n[image]', result: { type: 'content', value: [{ type: 'text', text: 'a' }, picture] } }],
    ['a text in parts', [{ type: 'text', text: 'a' }], { content: 'a', result: { type: 'content', value: [{ type: 'text', text: 'a' }] } }],
    ['a list', [1], { content: '[1]', result: { type: 'json', value: [1] } }],
  ])('says what a model sees: %s', (_, shown, expected) => {
    const toModel = vi.fn<(output: never) => unknown>(() => shown)
    expect(told({ rows: 1 }, dressed(toModel))).toEqual({ success: true, ...expected })
    expect(toModel).toHaveBeenCalledExactlyOnceWith({ rows: 1 })
  }) // prettier-ignore

  test.each<[string, () => unknown, string]>([
    ['throws', () => { throw new Error('no rows.') }, 'shown: no rows'],
    ['throws nothing', () => { throw new Error('') }, 'shown'],
    ['is asynchronous', async () => 'late', 'shown: toModel returned a promise'],
    ['is asynchronous, and rejects', () => Promise.reject(new Error('late')), 'shown: toModel returned a promise'],
    ['makes what is no data', () => ({ id: 1n }), 'written as text: it holds a bigint at id'],
  ])('that %s is told as a text', (_, toModel, what) => {
    const content = `Error: the tool succeeded, but its result cannot be ${what}.`
    expect(told(1, dressed(toModel))).toEqual({
      success: true,
      content,
      result: { type: 'error-text', value: content.slice('Error: '.length) },
    })
  }) // prettier-ignore
})

describe('a result that is too long', () => {
  const note = (first: number, all: string) => `… [cut: the first ${first} of ${all} characters]`

  test('is cut, with a note', () => {
    expect(outcomeOf('a'.repeat(250_000), plain, { maxLength: 100_000 })).toEqual({
      success: true,
      content: `${'a'.repeat(100_000)}… [cut: the first 100,000 of 250,000 characters]`,
      cut: 250_000,
    })
    expect(outcomeOf('a'.repeat(10), plain, { maxLength: 10 })).toEqual({ success: true, content: 'a'.repeat(10) })
    expect(outcomeOf('aaa', plain, { maxLength: Infinity }).content).toBe('aaa')
  })

  test('is a text, where it was data', () => {
    const content = `{"a"${note(4, '11')}`
    expect(outcomeOf({ a: 'long' } as unknown, plain, { maxLength: 4 })).toEqual({
      success: true,
      content: content.replace('of 11', 'of 12'),
      result: { type: 'text', value: content.replace('of 11', 'of 12') },
      cut: 12,
    })
  })

  test('is not cut within a character', () => {
    expect(outcomeOf('a😀b', plain, { maxLength: 2 }).content).toBe(`a${note(1, '4')}`)
    expect(outcomeOf('a😀b', plain, { maxLength: 3 }).content).toBe(`a😀${note(3, '4')}`)
  })

  test('keeps its pictures, and the texts that come first', () => {
    const parts = [
      { type: 'text', text: 'abcd' },
      picture,
      { type: 'text', text: 'efgh' },
      { type: 'text', text: 'ij' },
    ]
    const cut = (maxLength: number) => outcomeOf(parts, plain, { maxLength })
    expect(cut(6)).toEqual({
      success: true,
      content: `abcd\n[image]\nef${note(6, '10')}`,
      result: { type: 'content', value: [parts[0], picture, { type: 'text', text: `ef${note(6, '10')}` }] },
      cut: 10,
    })
    expect(cut(4).content).toBe(`abcd\n[image]\n${note(4, '10')}`)
    expect(cut(10)).toEqual(outcomeOf(parts, plain, { maxLength: 99 }))
    expect(cut(10)).not.toHaveProperty('cut')
  })
})

test('a failure is told in words for a model', () => {
  const error = new PipelineError({
    code: 'input_validation',
    path: 'it.act[c1].t',
    state: 'validatingInput',
    message: 'it.act[c1].t rejected its input: n: expected number. Give it an input that its schema accepts.',
    issues: [{ message: 'expected number', path: ['n'] }],
  }).toJSON()
  const words = 'the arguments do not fit: n: expected number. Fix them and call again.'
  expect(failureOf(error, plain, 'it.act[c1].t')).toEqual({
    success: false,
    content: `Error: ${words}`,
    result: { type: 'error-text', value: words },
  })
  // Of a step within it, the model could not fix the arguments.
  expect(failureOf(error, undefined, 'it.act[c1]').content).toBe(
    'Error: a step of the tool rejected its input (n: expected number)',
  )
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAnswers } from '../../../src/cli/prompts/prepared-answers.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'tinyllm-answers-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (text: string) => {
  const file = join(folder, 'answers.json')
  writeFileSync(file, text)
  return readAnswers(file)
}
const first = { type: 'OK', by: 'Ada' }

describe('answers of a file', () => {
  test.each([
    ['a list', '[{"type":"OK","by":"Ada"},\n{"type":"NO"}]\n'],
    ['one a line', '{"type":"OK","by":"Ada"}\r\n\r\n{"type":"NO"}'],
    ['with a byte order mark', '\uFEFF[{"type":"OK","by":"Ada"},{"type":"NO"}]'],
  ])('are %s', async (_, text) => {
    expect((await read(text)).left).toEqual([first, { type: 'NO' }])
  })

  test.each([
    ['[{"type":"OK"}', /^The answers of .*answers\.json are not JSON: /],
    ['{"type":"OK"}\n5', /^Answer 2 of .*answers\.json is not an event\./],
    ['[{"kind":"OK"}]', /^Answer 1 of .*answers\.json is not an event\. .* object with a type/],
  ])('%s: says what is wrong', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })

  test('a file that is not there is an error that names it', async () => {
    await expect(readAnswers(join(folder, 'missing.json'))).rejects.toThrow(/--answers .*missing\.json cannot be read/)
  })

  test('an answer goes to the path of an agent, too, and to no other place', async () => {
    const answers = await read('{"type":"APPROVE","path":"shop"}')
    const wait = { path: 'desk.act[c1].pay', events: { APPROVE: {} } }
    expect(answers.take([wait])).toBeUndefined()
    const path = 'shop.act[c1].pay'
    expect(answers.take([wait, { ...wait, path }])).toEqual({ type: 'APPROVE', path })
    expect(answers.left).toEqual([])
  })

  test('an answer goes to the call that it names, however many wait; what names several goes to their agent', async () => {
    const answers = await read(
      '[{"type":"APPROVE","id":"c2"},{"type":"REJECT","ids":["c1","c3"]},{"type":"REJECT","id":"c9"}]',
    )
    const waits = ['c1', 'c2', 'c3'].map((id) => ({
      path: `shop.act[${id}].pay`,
      events: { APPROVE: {}, REJECT: {} },
      call: { id, name: 'pay', turn: 1 },
    }))
    expect(answers.take(waits)).toEqual({ type: 'APPROVE', id: 'c2', path: 'shop.act[c2].pay' })
    expect(answers.take(waits)).toEqual({ type: 'REJECT', ids: ['c1', 'c3'] })
    expect(answers.take(waits)).toBeUndefined()
    expect(answers.left).toHaveLength(1)
  })
})

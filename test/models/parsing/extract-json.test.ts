import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extractJson } from '../../../src/models/parsing/extract-json.ts'

const words = fc.string({ unit: fc.constantFrom(..."ab .,:!\n'`*#<>-1é"), maxLength: 30 })
const runs = { numRuns: 500 }
const holders = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())) as fc.Arbitrary<object>
const written = fc
  .tuple(holders, fc.constantFrom(undefined, 1, '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent))

describe('the one JSON value of a text', () => {
  test('is found between any words', () => {
    fc.assert(
      fc.property(words, written, words, (before, json, after) => {
        // Words have such brackets as well, so these must have their lines for themselves.
        const line = json.startsWith('[') || json === '{}' ? '\n' : ''
        expect(extractJson(`${before}${line}${json}${line}${after}`)).toEqual({ value: JSON.parse(json) })
      }),
      runs,
    )
  })

  test('is found in a block of code, and after thinking that has JSON as well', () => {
    fc.assert(
      fc.property(words, written, written, words, (before, thought, json, after) => {
        // What is thought may have any text in it, but its own end.
        fc.pre(!thought.includes('</'))
        expect(
          extractJson(`<think>${before}${thought}</think>\n${before}\n\`\`\`json\n${json}\n\`\`\`${after}`),
        ).toEqual({
          value: JSON.parse(json),
        })
      }),
      runs,
    )
  })

  test('is none where there are two, or where it is cut off', () => {
    fc.assert(
      fc.property(words, written, words, written, fc.nat(), (before, one, between, other, at) => {
        expect(extractJson(`${before}${one} ${between} ${other}`)).toEqual({
          problem: ', which has more than one JSON value',
        })
        const cut = one.slice(0, 1 + (at % (one.length - 1)))
        expect(extractJson(before + cut)).toHaveProperty('problem')
      }),
      runs,
    )
  })

  test('is never a part of another one that is broken', () => {
    fc.assert(
      fc.property(words, written, written, words, (before, one, other, after) => {
        for (const broken of [
          `{"x":NaN,"y":${one}}`,
          `{"a":${one},}`,
          `[${one},${other} and so on]`,
          `{ // ${after.replaceAll('\n', '')}\n"a":${one}}`,
        ])
          expect(extractJson(before + broken), broken).toHaveProperty('problem')
      }),
      runs,
    )
  })
})

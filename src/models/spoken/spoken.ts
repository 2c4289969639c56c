import { attempt } from '../../border/shape.ts'
import { trimmed } from './choices.ts'
import { parseJson } from '../json.ts'
import { outermost } from './outermost.ts'

/** The JSON of an answer; or, for a message, what is the matter with it. */
export type Json = { readonly value: unknown } | { readonly problem: string }

/** As much of what was said as a message quotes: an answer may be a whole page. */
export const beginningOf = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

const TAG = /<\/?(?:think|thinking|thought|reasoning|reflection)>|\[\/?think\]/gi

/** What is said after the thinking that some models write before it; all, where there is none; nothing, if it has no end. */
export function afterThinking(text: string): string {
  let from = 0
  let isThinking = false
  for (const { 0: tag, index } of text.matchAll(TAG)) {
    // The template of a server may have opened it, and then the answer has its end alone.
    if (tag[1] === '/' ? isThinking || from === 0 : !isThinking && trimmed(text.slice(from, index)) === '') {
      isThinking = tag[1] !== '/'
      if (!isThinking) from = index + tag.length
    } else if (!isThinking) break
  }
  return isThinking ? '' : text.slice(from)
}

/** What stands in the only block of code of a text. */
export function fencedIn(text: string): { readonly inner: string; readonly isAll: boolean } | undefined {
  const fences: RegExpExecArray[] = []
  for (const fence of text.matchAll(/`{3,}|~{3,}/g)) if (fences.push(fence) > 2) return undefined
  const [first, second] = fences
  if (!first || !second) return undefined
  const from = first.index + first[0].length
  const block = text.slice(from, second.index)
  // The first line says what language it is in; where all is in one line, only this can be told from what is meant.
  const line = block.indexOf('\n')
  const inner = line === -1 ? block.replace(/^json/i, '') : block.slice(line + 1)
  const around = text.slice(0, first.index) + text.slice(second.index + second[0].length)
  return { inner, isAll: trimmed(around) === '' }
}

/** The JSON that a text is, as it is or in a block of code. */
export function plainJson(text: string): { readonly value: unknown } | undefined {
  const parsed = parsedIn(text)
  if (parsed) return parsed
  const fenced = fencedIn(text)
  return fenced?.isAll ? parsedIn(fenced.inner) : undefined
}

function parsedIn(text: string): { readonly value: unknown } | undefined {
  const inner = trimmed(text)
  // Brackets without their end need no parser, which would read them all before it says so.
  const end = { '{': '}', '[': ']' }[inner.charAt(0)]
  return end && !inner.endsWith(end) ? undefined : attempt(() => ({ value: parseJson(inner) }))
}

const PROBLEMS = {
  none: '',
  several: ', which has more than one JSON value',
  broken: ', whose JSON is broken',
  'cut off': ', whose JSON is cut off',
}

/** The JSON of an answer, with anything around it. */
export function jsonIn(text: string, roots?: string): Json {
  const answer = afterThinking(text)
  return plainJson(text) ?? (answer === text ? undefined : plainJson(answer)) ?? jsonAmid(text, answer, roots)
}

/** The only JSON value among the words of an answer, which is a text without its thinking, of those that begin as `roots` says. */
export function jsonAmid(text: string, answer: string, roots = '{['): Json {
  if (answer === '' && text !== '') return { problem: ', which ends with its thinking' }
  const found = outermost(answer, roots)
  if ('problem' in found) return { problem: PROBLEMS[found.problem] }
  return attempt(() => ({ value: parseJson(found.json) })) ?? { problem: PROBLEMS.broken }
}

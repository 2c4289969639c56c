import { attempt } from '../../border/shape.ts'
import { stripPunctuation, trimBlank } from './match-choice.ts'
import { parseJson } from './parse-json.ts'
import { findJson } from './find-json.ts'

/** The JSON value of an answer, or the problem with it, as the end of a message. */
export type ExtractedJson = { readonly value: unknown } | { readonly problem: string }

/** The beginning of a text, for a message. */
export const excerpt = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)

const REASONING_TAG = /<\/?(?:think|thinking|thought|reasoning|reflection)>|\[\/?think\]/gi

/**
 * The text after the reasoning (`<think>…</think>`) that some models write first. The whole text if there is none;
 * empty if the reasoning does not end, or ends more than once, because the text between two ends may be reasoning.
 */
export function withoutReasoning(text: string): string {
  let from = 0
  let depth = 0
  for (const { 0: tag, index } of text.matchAll(REASONING_TAG)) {
    if (tag[1] === '/') {
      if (depth === 0 && from > 0) return ''
      // The chat template of a server may have opened it; the answer then contains only the closing tag.
      depth = Math.max(0, depth - 1)
      if (depth === 0) from = index + tag.length
    } else if (depth > 0 || trimBlank(text.slice(from, index)) === '') depth++
    else break
  }
  return depth > 0 ? '' : text.slice(from)
}

/** The only code block of a text: its info string, its content, and the text before and after it. */
type CodeBlock = { readonly info: string; readonly inner: string; readonly before: string; readonly after: string }

function onlyCodeBlock(text: string): CodeBlock | undefined {
  const fences: RegExpExecArray[] = []
  for (const fence of text.matchAll(/`{3,}|~{3,}/g)) if (fences.push(fence) > 2) return undefined
  const [first, second] = fences
  if (!first || !second) return undefined
  const from = first.index + first[0].length
  const block = text.slice(from, second.index)
  // The info string is the first line; in a block of one line, only `json` can be distinguished from the content.
  const line = block.indexOf('\n')
  const inner = line === -1 ? block.replace(/^json/i, '') : block.slice(line + 1)
  const after = text.slice(second.index + second[0].length)
  return { info: line === -1 ? '' : trimBlank(block.slice(0, line)), inner, before: text.slice(0, first.index), after }
}

/** In characters: a longer text is more than an introduction. */
const MAX_LEAD_LENGTH = 200
const WORD_CHARACTER = /[\p{L}\p{N}]/u

/**
 * The part of a text that is set off as its answer: its only code block, or the object at its end. Undefined if there
 * is other text than a short introduction that ends with a colon and contains no word that could be the answer.
 */
export function delimitedAnswer(text: string, isAnswer: (words: string) => boolean): string | undefined {
  const fenced = onlyCodeBlock(text)
  const brace = text.indexOf('{')
  const end = text.lastIndexOf('}') + 1
  if (!fenced && (brace === -1 || end <= brace)) return undefined
  const { info, inner, before, after } = fenced ?? {
    info: '',
    inner: text.slice(brace, end),
    before: text.slice(0, brace),
    after: text.slice(end),
  }
  const lead = trimBlank(before)
  const beside = [lead, trimBlank(after), info]
  if (beside.some((part) => part.length > MAX_LEAD_LENGTH) || WORD_CHARACTER.test(after)) return undefined
  if (WORD_CHARACTER.test(lead) && !/[:：][*_]*$/.test(lead)) return undefined
  const words = [stripPunctuation(lead), ...beside.join(' ').split(/[\s:,;()*_]+/)]
  return words.some((word) => word !== '' && isAnswer(word)) ? undefined : inner
}

/** The value of a text that is JSON as a whole, or JSON in a code block. */
export function parseWholeText(text: string): { readonly value: unknown } | undefined {
  const parsed = tryParseJson(text)
  if (parsed) return parsed
  const fenced = onlyCodeBlock(text)
  return fenced && trimBlank(fenced.before + fenced.after) === '' ? tryParseJson(fenced.inner) : undefined
}

function tryParseJson(text: string): { readonly value: unknown } | undefined {
  const inner = trimBlank(text)
  // Without a closing bracket it cannot be JSON, and parsing a long text takes time.
  const end = { '{': '}', '[': ']' }[inner.charAt(0)]
  return end && !inner.endsWith(end) ? undefined : attempt(() => ({ value: parseJson(inner) }))
}

const PROBLEM_MESSAGES = {
  none: '',
  several: ', which has more than one JSON value',
  broken: ', whose JSON is broken',
  amid: ', which has text around its JSON',
  'cut off': ', whose JSON is cut off',
}

/** The JSON value of an answer, with other text around it or without. */
export function extractJson(text: string, roots?: string): ExtractedJson {
  const answer = withoutReasoning(text)
  return (
    parseWholeText(text) ??
    (answer === text ? undefined : parseWholeText(answer)) ??
    extractEmbeddedJson(text, answer, roots)
  )
}

/**
 * The only JSON value in other text, of those that begin with a character of `roots`. `answer` is `text` without
 * reasoning.
 */
export function extractEmbeddedJson(text: string, answer: string, roots = '{['): ExtractedJson {
  if (answer === '' && text !== '') return { problem: ', which ends inside its reasoning' }
  const found = findJson(answer, roots)
  if ('problem' in found) return { problem: PROBLEM_MESSAGES[found.problem] }
  const { json, at } = found
  // Plain text contains brackets as well: `[1]`, `a[0]`, `f() {}`.
  const isPlain = json.startsWith('{') && json.includes('"')
  if (!isPlain && !isOnOwnLines(answer, at, at + json.length)) return { problem: PROBLEM_MESSAGES.amid }
  return attempt(() => ({ value: parseJson(json) })) ?? { problem: PROBLEM_MESSAGES.broken }
}

/** Tags that some models write around an answer. */
const XML_TAG = /<\/?[a-z][\w-]{0,30}>/gi

/** Whether a part of a text is alone on its lines, after an introduction with a colon at most, or in a code block. */
function isOnOwnLines(text: string, from: number, to: number): boolean {
  const fenced = onlyCodeBlock(text)
  if (fenced && trimBlank(fenced.inner) === text.slice(from, to)) return true
  const end = text.indexOf('\n', to)
  const before = text.slice(text.lastIndexOf('\n', from) + 1, from).replaceAll(XML_TAG, '')
  const after = text.slice(to, end === -1 ? undefined : end).replaceAll(XML_TAG, '')
  return (!WORD_CHARACTER.test(before) || /[:：][\s*_`"'(]*$/.test(before)) && !WORD_CHARACTER.test(after)
}

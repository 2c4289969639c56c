import { readFileSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { isPlainObject } from '../../border/shape.ts'
import { toCause, isWithin } from '../../errors.ts'
import { CliError } from '../cli-error.ts'
import type { EventAnswer, PromptedWait } from './prompted-wait.ts'

/** Answers that were written before the run began; they are sent in their order, each when it is waited for. */
export class PreparedAnswers {
  readonly #answers: readonly EventAnswer[]
  readonly #from: string
  #next = 0

  constructor(answers: readonly EventAnswer[], from: string) {
    this.#answers = answers
    this.#from = from
  }

  /** The next answer, if one of these takes it: the one at its path, that of its call, or the first that waits for its type. */
  take(waits: readonly PromptedWait[]): EventAnswer | undefined {
    const answer = this.#answers[this.#next]
    const wait = answer && waits.find((each) => isFor(answer, each))
    if (!answer || !wait) return undefined
    this.#next++
    // What speaks of several calls is for the agent that asks about them.
    return answer.ids === undefined ? { ...answer, path: wait.path } : answer
  }

  /** How the last answer that was taken is called in a message. */
  get last(): string {
    return `Answer ${this.#next} of ${this.#from}`
  }

  /** The answers that were not sent. */
  get left(): readonly EventAnswer[] {
    return this.#answers.slice(this.#next)
  }
}

const isFor = ({ type, path, id, ids }: EventAnswer, wait: PromptedWait): boolean =>
  Object.hasOwn(wait.events, type) &&
  (path === undefined || isWithin(wait.path, path)) &&
  (wait.call === undefined || isAbout(wait.call.id, id, ids))

/** Whether an answer speaks of the call with this id, or of none in particular. */
function isAbout(call: string, id: unknown, ids: unknown): boolean {
  const named = [...(id === undefined ? [] : [id]), ...(Array.isArray(ids) ? (ids as unknown[]) : [])]
  return named.length === 0 || named.includes(call)
}

/** What `--answers` says: the path of a file, or `-` for standard input; a JSON list, or a JSON object a line. */
export async function readAnswers(given: string | undefined): Promise<PreparedAnswers> {
  if (given === undefined) return new PreparedAnswers([], '')
  const from = given === '-' ? 'standard input' : given
  const text = given === '-' ? await readAll(process.stdin) : readAnswersFile(given)
  const answers = parseAnswers(text, from)
  const wrong = answers.findIndex((each) => !isPlainObject(each) || typeof each.type !== 'string')
  if (wrong < 0) return new PreparedAnswers(answers as EventAnswer[], from)
  throw new CliError(
    `Answer ${wrong + 1} of ${from} is not an event. An event is an object with a type: { "type": "APPROVE", … }.`,
  )
}

function readAnswersFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`--answers ${file} cannot be read: ${toCause(error).message}. Give the path of a JSON file.`)
  }
}

function parseAnswers(text: string, from: string): unknown[] {
  const plain = text.replace(/^\uFEFF/, '').trim()
  try {
    if (plain.startsWith('[')) return JSON.parse(plain) as unknown[]
    return plain.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as unknown]))
  } catch (error) {
    throw new CliError(
      `The answers of ${from} are not JSON: ${toCause(error).message}. Give a list of events, or one event a line.`,
    )
  }
}

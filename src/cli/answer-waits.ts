import { waits as waitsIn } from '../border/external-events/waits.ts'
import type { AnyFn, RunEvent, RunStream } from '../types.ts'
import type { ActiveFunctions } from './active-functions.ts'
import { WaitPrompter } from './prompts/wait-prompter.ts'
import type { PreparedAnswers } from './prompts/prepared-answers.ts'
import type { Terminal } from './prompts/terminal.ts'
import type { EventAnswer, PromptedWait } from './prompts/prompted-wait.ts'
import { endsByDeadline, MAX_DEADLINE } from './wait-deadlines.ts'
import type { PausableOutput } from './pausable-output.ts'

type Stream = RunStream<unknown, unknown, { type: string }>
type WaitAnswersOptions = {
  readonly activity: ActiveFunctions
  readonly terminal: Terminal
  readonly prepared: PreparedAnswers
  readonly paper: PausableOutput
  /** Events can also be sent from elsewhere: the page of the inspector. */
  readonly isOpen: boolean
}

/** Answers the waits of a run, from prepared answers or at the terminal. */
export type WaitAnswers = {
  on(event: RunEvent): void
  end(): Promise<void>
  /** What the run waits for, once only waits are left and none of them can be answered here. Rejects on a failure. */
  readonly unanswered: Promise<readonly PromptedWait[]>
  /** What it waits for now. */
  waits(): readonly PromptedWait[]
}

export function answerWaits(pipeline: AnyFn, stream: Stream, options: WaitAnswersOptions): WaitAnswers {
  const { activity, terminal, prepared, paper, isOpen } = options
  const waits = () => waitsIn(stream.actor.getSnapshot())
  const endsSoon = endsByDeadline(pipeline)
  let [resolve, reject] = [(_: readonly PromptedWait[]) => {}, (_: unknown) => {}]
  const unanswered = new Promise<readonly PromptedWait[]>((...settle) => ([resolve, reject] = settle))
  let patience: NodeJS.Timeout | undefined

  const asker = new WaitPrompter({
    run: { waits, send: (answer) => sendAnswer(stream, answer) },
    terminal,
    prepared,
    paper,
    onUnanswered: (open) => {
      if (isOpen || !activity.isOnlyAt(open.map(({ path }) => path))) return
      if (!open.some((wait) => endsSoon(wait))) return resolve(open)
      patience ??= setTimeout(() => resolve(waits()), MAX_DEADLINE)
    },
    onFailure: (error) => reject(error),
  })
  return {
    unanswered,
    waits,
    on: (event) => {
      clearTimeout(patience)
      patience = undefined
      asker.on(event as { type: string; path?: unknown })
    },
    end: () => {
      clearTimeout(patience)
      return asker.end()
    },
  }
}

/** Why a run did not take an event, if it did not. */
function sendAnswer({ actor }: Stream, answer: EventAnswer): string | undefined {
  let reason: string | undefined
  const refusals = actor.on('refused', (refused) => (reason ??= refused.reason))
  actor.send(answer)
  refusals.unsubscribe()
  return reason
}

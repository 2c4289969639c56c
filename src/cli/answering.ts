import { waits as waitsIn } from '../border/external-events/waits.ts'
import type { AnyFn, RunEvent, RunStream } from '../types.ts'
import type { Activity } from './activity.ts'
import { Asker } from './asking/asker.ts'
import type { Prepared } from './asking/prepared.ts'
import type { Terminal } from './asking/terminal.ts'
import type { Answer, Wait } from './asking/wait.ts'
import { deadlines, PATIENCE } from './deadline.ts'
import type { Paper } from './paper.ts'

type Stream = RunStream<unknown, unknown, { type: string }>
type Options = {
  readonly activity: Activity
  readonly terminal: Terminal
  readonly prepared: Prepared
  readonly paper: Paper
  /** Events can also be sent from elsewhere: the page of the inspector. */
  readonly isOpen: boolean
}

/** Answers what a run waits for, as far as anybody here can. */
export type Answering = {
  on(event: RunEvent): void
  end(): Promise<void>
  /** What the run waits for, once nothing but waits is left of it and nobody here can answer. Rejects on a failure. */
  readonly unanswered: Promise<readonly Wait[]>
  /** What it waits for now. */
  waits(): readonly Wait[]
}

export function answering(pipeline: AnyFn, stream: Stream, options: Options): Answering {
  const { activity, terminal, prepared, paper, isOpen } = options
  const waits = () => waitsIn(stream.actor.getSnapshot())
  const endsSoon = deadlines(pipeline)
  let [resolve, reject] = [(_: readonly Wait[]) => {}, (_: unknown) => {}]
  const unanswered = new Promise<readonly Wait[]>((...settle) => ([resolve, reject] = settle))
  let patience: NodeJS.Timeout | undefined

  const asker = new Asker({
    run: { waits, send: (answer) => send(stream, answer) },
    terminal,
    prepared,
    paper,
    onUnanswered: (open) => {
      if (isOpen || !activity.isOnlyAt(open.map(({ path }) => path))) return
      if (!open.some((wait) => endsSoon(wait))) return resolve(open)
      patience ??= setTimeout(() => resolve(waits()), PATIENCE)
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
function send({ actor }: Stream, answer: Answer): string | undefined {
  let reason: string | undefined
  const refusals = actor.on('refused', (refused) => (reason ??= refused.reason))
  actor.send(answer)
  refusals.unsubscribe()
  return reason
}

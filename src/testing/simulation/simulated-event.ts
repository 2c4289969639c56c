/** What may happen to a run, one thing at a time: what a path is made of. */
export type Happening =
  | {
      readonly type: 'start'
      readonly input: unknown
      readonly matters?: boolean
      readonly refused?: boolean
      readonly breaks?: string
      /** In words, where they say more than the input. */
      readonly says?: string
      /** Of a call: the predicates of the user's are made to say so; it waits for its turn first. */
      readonly asks?: boolean
      readonly queues?: boolean
    }
  /** A function gives a value: one of several, where it matters which. */
  | {
      readonly type: 'gives'
      readonly path: string
      readonly actor: string
      readonly value: unknown
      readonly matters?: boolean
      /** Its own schema refuses the value. */
      readonly refused?: boolean
      /** Just before the next timer, because a longer one is to run out. */
      readonly late?: boolean
      readonly breaks?: string
      /** What happens, in words, where they say more than the value. */
      readonly says?: string
    }
  | {
      readonly type: 'fails'
      readonly path: string
      readonly actor: string
      readonly error: Error
      readonly nth: number
      readonly says?: string
    }
  /** A timer runs out: the timeout of a function, its patience with silence, or the wait between two attempts. */
  | { readonly type: 'time'; readonly path: string; readonly actor: string; readonly breaks?: string }
  /** An event from outside. */
  | {
      readonly type: 'send'
      readonly path: string
      readonly event: { readonly type: string }
      readonly refused?: boolean
      readonly breaks?: string
      /** What becomes of the function, in words. */
      readonly says?: string
    }
  /** A call of a tool that waited for its turn has it. */
  | { readonly type: 'turn'; readonly path: string }
  | { readonly type: 'cancel' }

/** The timer that runs out when a function gives no sign of life; signs put it off. */
export const isSilence = (actor: string): boolean => actor.endsWith('#idle')

/** The timer that runs out when a person has not said anything to a call. */
export const isTooLate = (actor: string): boolean => actor.endsWith('#approvalTimeout')

/** The same for the same happening, whatever its objects are. */
export function idOf(happening: Happening, index: number): string {
  const { type, path = '', actor = '', breaks = '' } = happening as Partial<Record<string, string>>
  return [index, type, path, actor, breaks].join('|')
}

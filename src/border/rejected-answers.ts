import type { RefusedAnswer } from '../types.ts'
import { globalSymbol } from './global-state.ts'

/** The key on the context of a leaf; a copy of the context (`{ ...ctx }`) has it, too. */
const REJECTED: unique symbol = globalSymbol('refused') as never

type HasRejected = { [REJECTED]?: readonly RefusedAnswer[] | undefined }

/** Sets the rejected answers of earlier attempts on the context of a leaf. */
export function setRejectedAnswers(ctx: object, refused: readonly RefusedAnswer[]): void {
  ;(ctx as HasRejected)[REJECTED] = refused
}

/** The rejected answers of earlier attempts, with `retry.feedback`. */
export const rejectedAnswersIn = (ctx: object): readonly RefusedAnswer[] => (ctx as HasRejected)[REJECTED] ?? []

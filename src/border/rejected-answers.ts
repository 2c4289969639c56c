import type { RefusedAnswer } from '../types.ts'
import { globalSymbol } from './global-state.ts'

/** Where the context of a leaf holds them; a copy of the context has them, too. */
const REJECTED: unique symbol = globalSymbol('refused') as never

type HasRejected = { [REJECTED]?: readonly RefusedAnswer[] | undefined }

/** Has the context of a leaf tell what was refused of the attempts before. */
export function setRejectedAnswers(ctx: object, refused: readonly RefusedAnswer[]): void {
  ;(ctx as HasRejected)[REJECTED] = refused
}

/** The answers of the attempts before this one that were refused, where `retry.feedback` asks for them. */
export const rejectedAnswersIn = (ctx: object): readonly RefusedAnswer[] => (ctx as HasRejected)[REJECTED] ?? []

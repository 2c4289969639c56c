import type { RefusedAnswer } from '../types.ts'
import { commonSymbol } from './copies.ts'

/** Where the context of a leaf holds them; a copy of the context has them, too. */
const REFUSED: unique symbol = commonSymbol('refused') as never

type Telling = { [REFUSED]?: readonly RefusedAnswer[] | undefined }

/** Has the context of a leaf tell what was refused of the attempts before. */
export function tellRefused(ctx: object, refused: readonly RefusedAnswer[]): void {
  ;(ctx as Telling)[REFUSED] = refused
}

/** The answers of the attempts before this one that were refused, where `retry.feedback` asks for them. */
export const refusedIn = (ctx: object): readonly RefusedAnswer[] => (ctx as Telling)[REFUSED] ?? []

import type { AnyActorLogic } from 'xstate'
import { globalSymbol } from './global-state.ts'

/** The key under which tinyllm's actor logic has its variant on XState's public API alone. */
export const STOCK: unique symbol = globalSymbol('stock') as never
export type HasStock = { readonly [STOCK]: () => AnyActorLogic }

/** The same logic on XState's public API alone; what is not ours is that already. */
export const stockOf = (logic: AnyActorLogic): AnyActorLogic => (Object(logic) as Partial<HasStock>)[STOCK]?.() ?? logic

/** The same of all actors that a machine has, by name. */
export const onStock = (actors: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(actors).map(([src, logic]) => [src, stockOf(logic as AnyActorLogic)]))

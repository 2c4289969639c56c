import {
  branch,
  chain,
  decision,
  fallback,
  flow,
  loop,
  map,
  parallel,
  pass,
  type AnyFn,
  type Fn,
  type InputOf,
  type OutputOf,
} from 'tinyllm'
import { expectTypeOf } from 'vitest'
import type { z } from 'zod'

// Helpers over any function compile, and what they make has the types of what they are given.
declare const size: Fn<string, number, 'size'>
const upper = (text: string) => text.toUpperCase()

const logged = <I, O>(f: Fn<I, O>) =>
  chain({ name: 'x', children: [(i: I) => i, f, (o: O) => [o], async (o: O[]) => o] })
expectTypeOf<typeof logged<string, number>>().returns.toHaveProperty('run')
expectTypeOf(logged(size).run('a')).toEqualTypeOf<Promise<number[]>>()

const retried = <F extends AnyFn>(f: F) => chain({ name: 'x', retry: { attempts: 2 }, children: [f] })
expectTypeOf(retried(size).run('a')).toEqualTypeOf<Promise<number>>()
const noted = <F extends AnyFn>(f: F) => chain({ name: 'x', children: [f, (o: OutputOf<F>) => o] })
expectTypeOf(noted(size).run('a')).toEqualTypeOf<Promise<number>>()

const both = <A, B, C>(f: (a: A) => B | Promise<B>, g: (b: B) => C) => chain({ name: 'x', children: [f, g] })
expectTypeOf(both(upper, (text: string) => text.length).run('a')).toEqualTypeOf<Promise<number>>()
const next = <F extends AnyFn, G extends Fn<OutputOf<F>, unknown>>(f: F, g: G) => chain({ name: 'x', children: [f, g] })
expectTypeOf(next(size, pass<number>()).run('a')).toEqualTypeOf<Promise<number>>()
export const wider = <A, B extends { q: string }>(f: Fn<A, B>, g: Fn<{ q: string }, number>) =>
  chain({ name: 'x', children: [f, g] })
export const each = <T>(list: readonly Fn<T, T>[]) => chain({ name: 'x', children: list })

const orElse = <I, O>(f: Fn<I, O>, value: O) => fallback({ name: 'x', children: [f, () => value] })
expectTypeOf(orElse(size, 0).run('a')).toEqualTypeOf<Promise<number>>()
export const either = <F extends AnyFn, G extends AnyFn>(f: F, g: G) => fallback({ name: 'x', children: [f, g] })

const pair = <I, A, B>(f: (i: I) => A, g: (i: I) => B) => parallel({ name: 'x', children: { f, g } })
expectTypeOf(pair(upper, (text: string) => text.length).run('a')).toEqualTypeOf<Promise<{ f: string; g: number }>>()
export const beside = <F extends AnyFn, G extends AnyFn>(f: F, g: G) => parallel({ name: 'x', children: { f, g } })

const all = <I, O>(f: (i: I) => O) => map({ name: 'x', each: f })
expectTypeOf(all(upper).run(['a'])).toEqualTypeOf<Promise<string[]>>()

export const guarded = <I, O>(f: (i: I) => O, ok: (i: I) => boolean) =>
  branch({ name: 'x', cases: [{ name: 'ok', when: ok, then: f }], otherwise: (i: I) => i })
export const present = <I, O>(f: Fn<I, O>) =>
  branch({ name: 'x', cases: [{ name: 'ok', when: (i) => i !== undefined, then: f }], otherwise: () => null })

export const until = <T>(f: (t: T) => Promise<T>, ok: (t: T) => boolean) =>
  loop({ name: 'x', body: f, until: ({ value }) => ok(value), maxIterations: 3 })

export const decided = <I, O>(f: (i: I) => boolean, a: (i: I) => O) =>
  decision({ name: 'x', decide: f, branches: { true: a, false: pass() } })
export const routed = <K extends string, I, O>(f: Fn<I, K>, branches: Record<K, Fn<I, O>>) =>
  decision({ name: 'x', decide: f, branches })
export const chosen = <K extends string, I>(f: Fn<I, K>, choices: readonly K[]) =>
  decision({ name: 'x', decide: f, choices })

// Of a constraint, TypeScript itself tells whether a step can follow.
export const asked = <I extends { q: string }, O>(f: Fn<{ q: string }, O>, input: z.ZodType<I>) =>
  flow({ name: 'x', input, steps: (s) => s.step(f).step('y', ({ value }) => ({ value })) })
export const first = <F extends AnyFn>(f: F, input: z.ZodType<InputOf<F>>) =>
  flow({ name: 'x', input, steps: (s) => s.step(f) })

export class Repository<T extends { id: string }> {
  save!: (item: T) => Promise<T>
  check!: Fn<T, T>
  saved() {
    return chain({ name: 'x', children: [this.check, this.save, ({ id }: { id: string }) => id] })
  }
  together() {
    return parallel({ name: 'x', children: { check: this.check, save: this.save } })
  }
}

/**
 * What a model of one's own gives is inferred as it is written, to hold it against a schema: `{ readonly kind: 'a' }`.
 * Where there is no schema, this is what a variable of it would be: `{ kind: string }`. Types that were declared stay.
 */
export type AsVariable<T> = Widened<Extract<T, Primitive>> | (T extends Primitive ? never : Unlocked<T>)

type Primitive = string | number | bigint | boolean
/** Several literals are a choice that was meant; a text with values in it is any text. */
type Widened<T> =
  true extends IsOne<T>
    ? T extends string
      ? string
      : T extends number
        ? number
        : T extends bigint
          ? bigint
          : boolean
    : T
type IsOne<T, U = T> = T extends unknown ? ([U] extends [T] ? true : T extends string ? IsPattern<T> : false) : never
type IsPattern<T extends string> = {} extends Record<T, 1> ? true : false

type Unlocked<T> = T extends readonly unknown[]
  ? T extends unknown[]
    ? T
    : AsVariable<T[number]>[]
  : T extends object
    ? IsLocked<T> extends true
      ? { -readonly [K in keyof T]: AsVariable<T[K]> }
      : T
    : T
/** All of its properties are readonly, as only those of an object are that was written in place. */
type IsLocked<T> = T extends (...args: never) => unknown
  ? false
  : IsSame<Same<T>, Readonly<Same<T>>> extends true
    ? IsSame<T, Same<T>>
    : false
type Same<T> = { [K in keyof T]: T[K] }
type IsSame<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

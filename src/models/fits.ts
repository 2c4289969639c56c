/** Whether a value of type `A` might be one of type `B`: false only where that can never be. `Depth` ends circles. */
export type Fits<A, B, Depth extends readonly 1[] = []> = [unknown] extends [A]
  ? true
  : [unknown] extends [B]
    ? true
    : [A] extends [never]
      ? true
      : Depth['length'] extends 6
        ? true
        : true extends (A extends unknown ? FitsAny<A, B, [...Depth, 1]> : never)
          ? true
          : false

type FitsAny<A, B, Depth extends readonly 1[]> = B extends unknown ? FitsOne<A, B, Depth> : never

type FitsOne<A, B, Depth extends readonly 1[]> = A extends B
  ? true
  : A extends object
    ? B extends object
      ? B extends A
        ? true
        : FitsInside<A, B, Depth>
      : false // A text has a length, too, and is no object.
    : B extends A
      ? true
      : false

type FitsInside<A extends object, B extends object, Depth extends readonly 1[]> = A extends readonly unknown[]
  ? B extends readonly unknown[]
    ? FitsList<A, B, Depth>
    : false
  : B extends readonly unknown[]
    ? false
    : FitsObject<A, B, Depth>

/** What is written in place is a tuple, of which each element must fit; of a list, what it holds. */
type FitsList<
  A extends readonly unknown[],
  B extends readonly unknown[],
  Depth extends readonly 1[],
> = number extends A['length']
  ? Fits<A[number], B[number], Depth>
  : false extends { [K in keyof A]: Fits<A[K], K extends keyof B ? B[K] : B[number], Depth> }[number]
    ? false
    : number extends B['length']
      ? true
      : A['length'] extends B['length']
        ? true
        : false

type FitsObject<A, B, Depth extends readonly 1[]> = false extends {
  [K in keyof B]-?: K extends keyof A ? Fits<A[K], B[K], Depth> : IsOptional<B, K>
}[keyof B]
  ? false
  : true
// Without `strictNullChecks` nothing is, in which undefined is left.
type IsOptional<T, K extends keyof T> =
  {} extends Pick<T, K> ? true : [null extends string ? unknown : undefined] extends [T[K]] ? true : false

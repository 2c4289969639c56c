/** Whether some value of type `A` is assignable to `B`: false only if none is. `Depth` limits the recursion. */
export type PossiblyAssignable<A, B, Depth extends readonly 1[] = []> = [unknown] extends [A]
  ? true
  : [unknown] extends [B]
    ? true
    : [A] extends [never]
      ? true
      : Depth['length'] extends 6
        ? true
        : true extends (A extends unknown ? AssignableToAny<A, B, [...Depth, 1]> : never)
          ? true
          : false

type AssignableToAny<A, B, Depth extends readonly 1[]> = B extends unknown ? AssignableToMember<A, B, Depth> : never

type AssignableToMember<A, B, Depth extends readonly 1[]> = A extends B
  ? true
  : A extends object
    ? B extends object
      ? B extends A
        ? true
        : AssignableObject<A, B, Depth>
      : false // A string has a `length` too, and is not an object.
    : B extends A
      ? true
      : false

type AssignableObject<A extends object, B extends object, Depth extends readonly 1[]> = A extends readonly unknown[]
  ? B extends readonly unknown[]
    ? AssignableArray<A, B, Depth>
    : false
  : B extends readonly unknown[]
    ? false
    : AssignableFields<A, B, Depth>

/** Of a tuple each element must be assignable; of an array its element type. */
type AssignableArray<
  A extends readonly unknown[],
  B extends readonly unknown[],
  Depth extends readonly 1[],
> = number extends A['length']
  ? PossiblyAssignable<A[number], B[number], Depth>
  : false extends { [K in keyof A]: PossiblyAssignable<A[K], K extends keyof B ? B[K] : B[number], Depth> }[number]
    ? false
    : number extends B['length']
      ? true
      : A['length'] extends B['length']
        ? true
        : false

type AssignableFields<A, B, Depth extends readonly 1[]> = false extends {
  [K in keyof B]-?: K extends keyof A ? PossiblyAssignable<A[K], B[K], Depth> : IsOptionalKey<B, K>
}[keyof B]
  ? false
  : true
// Without `strictNullChecks`, `undefined` is part of no type.
type IsOptionalKey<T, K extends keyof T> =
  {} extends Pick<T, K> ? true : [null extends string ? unknown : undefined] extends [T[K]] ? true : false

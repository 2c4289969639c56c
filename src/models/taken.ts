import type { SchemaInput } from '../types.ts'

/**
 * What the schema `S` takes. A `.catch()` of zod takes anything, and its input type does not say so: here it does, as deep
 * as a model's answer is looked at.
 */
export type TakenBy<S> = S extends { readonly _zod: { readonly def: infer D } } ? TakenByZod<S, D> : SchemaInput<S>

type TakenByZod<S, D> = D extends { type: 'catch' }
  ? unknown
  : D extends { type: 'object'; shape: infer Shape }
    ? Fields<SchemaInput<S>, Shape>
    : D extends { type: 'array'; element: infer E }
      ? TakenBy<E>[]
      : D extends { type: 'record'; valueType: infer V }
        ? Fields<SchemaInput<S>, Readonly<Record<string, V>>>
        : D extends { type: 'tuple'; rest: null; items: infer Each }
          ? Fields<SchemaInput<S>, Each>
          : D extends { type: 'union'; options: readonly (infer O)[] }
            ? O extends unknown
              ? TakenBy<O>
              : never
            : D extends { type: 'pipe'; in: infer First }
              ? TakenBy<First>
              : D extends { innerType: infer T }
                ? TakenBy<T> | Extract<SchemaInput<S>, null | undefined>
                : SchemaInput<S>

/** The input of an object, in which each field is what its own schema takes. */
type Fields<I, Shape> = { [K in keyof I]: K extends keyof Shape ? TakenBy<Shape[K]> : I[K] }

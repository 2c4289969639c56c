import type { SchemaInput } from '../types.ts'

/**
 * What the schema `S` takes. A `.catch()` of zod takes anything, and its input type does not say so: here it does, as deep
 * as a model's answer is looked at.
 */
export type AcceptedInput<S> = S extends { readonly _zod: { readonly def: infer D } }
  ? AcceptedByZod<S, D>
  : SchemaInput<S>

type AcceptedByZod<S, D> = D extends { type: 'catch' }
  ? unknown
  : D extends { type: 'object'; shape: infer Shape }
    ? AcceptedFields<SchemaInput<S>, Shape>
    : D extends { type: 'array'; element: infer E }
      ? AcceptedInput<E>[]
      : D extends { type: 'record'; valueType: infer V }
        ? AcceptedFields<SchemaInput<S>, Readonly<Record<string, V>>>
        : D extends { type: 'tuple'; rest: null; items: infer Items }
          ? AcceptedFields<SchemaInput<S>, Items>
          : D extends { type: 'union'; options: readonly (infer O)[] }
            ? O extends unknown
              ? AcceptedInput<O>
              : never
            : D extends { type: 'pipe'; in: infer First }
              ? AcceptedInput<First>
              : D extends { innerType: infer T }
                ? AcceptedInput<T> | Extract<SchemaInput<S>, null | undefined>
                : SchemaInput<S>

/** The input of an object, in which each field is what its own schema takes. */
type AcceptedFields<I, Shape> = { [K in keyof I]: K extends keyof Shape ? AcceptedInput<Shape[K]> : I[K] }

import type { SchemaInput } from '../types.ts'

/**
 * The values that the schema `S` accepts. This is its input type, except that a `.catch()` of zod accepts anything,
 * also inside objects, arrays, records, tuples, unions and pipes.
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
        : D extends { type: 'tuple'; rest: null; items: infer Each }
          ? AcceptedFields<SchemaInput<S>, Each>
          : D extends { type: 'union'; options: readonly (infer O)[] }
            ? O extends unknown
              ? AcceptedInput<O>
              : never
            : D extends { type: 'pipe'; in: infer First }
              ? AcceptedInput<First>
              : D extends { innerType: infer T }
                ? AcceptedInput<T> | Extract<SchemaInput<S>, null | undefined>
                : SchemaInput<S>

/** The input of an object, with what the schema of each field accepts. */
type AcceptedFields<I, Shape> = { [K in keyof I]: K extends keyof Shape ? AcceptedInput<Shape[K]> : I[K] }

import { attempt, isPlainObject } from './shape.ts'
import type { JsonSchema } from '../types.ts'

/** Resolves a local reference (`#/…`); undefined where it points to nothing. */
export function resolvePointer(ref: unknown, root: JsonSchema): JsonSchema | undefined {
  if (typeof ref !== 'string' || !/^#(\/|$)/.test(ref)) return undefined
  let at: unknown = root
  for (const key of pointerSegments(ref)) {
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as JsonSchema)[key] : undefined
  }
  return isPlainObject(at) ? at : undefined
}

/** The segments of a JSON Pointer, unescaped. */
export const pointerSegments = (ref: string): string[] =>
  ref
    .split('/')
    .slice(1)
    .map((step) => unescapeSegment(decodePercent(step)))

export const unescapeSegment = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')
export const decodePercent = (text: string): string => attempt(() => decodeURIComponent(text)) ?? text

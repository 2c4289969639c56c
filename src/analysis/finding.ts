import type { Definition } from './definition.ts'

/** What `check` may find. */
export type FindingCode =
  | 'async-schema'
  | 'backoff-unbounded'
  | 'choice-never'
  | 'choice-unknown'
  | 'event-ambiguous'
  | 'event-unreachable'
  | 'loop-unbounded'
  | 'missing-field'
  | 'mismatch'
  | 'never-met'
  | 'no-json-schema'
  | 'no-timeout'
  | 'not-json'
  | 'not-strict'
  | 'placeholder-unfilled'
  | 'receive-forever'
  | 'retry-cut'
  | 'retry-uncapped'
  | 'timeout-never'
  | 'unreachable'

/** Something that is wrong with a definition, where it is, and what to do. */
export type Finding = {
  readonly code: FindingCode
  /** `error`: it will go wrong; `warning`: it may; `info`: it is worth a look. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly path: string
  readonly message: string
  readonly remedy: string
}

/** Looks at a whole pipeline for faults of one sort. */
export type Rule = (root: Definition) => readonly Finding[]

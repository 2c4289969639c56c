/** The codes of findings: each is the name of a file in `rules`, or the beginning of several. */
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

/** A mistake in a definition: where it is, and how to fix it. */
export type Finding = {
  readonly code: FindingCode
  /** `error`: a run fails, or a part of the pipeline never runs; `warning`: that is possible; `info`: worth a look. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly path: string
  readonly message: string
  readonly remedy: string
}

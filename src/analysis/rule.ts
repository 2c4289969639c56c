import type { DataFlowEvent } from './data-flow.ts'
import type { Definition } from './definition.ts'
import type { Finding } from './finding.ts'

/** What rules read of a pipeline. */
export type Pipeline = {
  /** Every function, parents first. */
  readonly definitions: readonly Definition[]
  /** What happens to sample values on their way through its schemas. */
  readonly dataFlow: readonly DataFlowEvent[]
}

/** Finds mistakes of one kind. The name of its file is the code of its findings, or begins with it. */
export type Rule = (pipeline: Pipeline) => readonly Finding[]

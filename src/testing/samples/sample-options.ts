/**
 * Values to try: `inputs` of the pipeline, and outputs of its functions by path. An `Error` among them is a failure; for a
 * `receive` they are events.
 */
export type SampleOptions = {
  readonly inputs?: readonly unknown[]
  readonly samples?: Readonly<Record<string, readonly unknown[]>>
}

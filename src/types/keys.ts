/** A key for a value of type `T` that a leaf reads with `ctx.get(key)`; created by `key`. */
export interface Key<in out T> {
  readonly name: string
  /** Provides a value: for a run (option `provide`), or for all runs of a machine (`provided`). `undefined` is a value, too. */
  with(value: T): Provided
  /** For type inference only. */
  readonly '~value'?: T
}

/** A value for a key, created by `key.with(value)`. It does not show the value, in a log or as JSON. */
export interface Provided {
  /** That of its key. */
  readonly name: string
  readonly '~provided': true
}

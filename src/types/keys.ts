/** What a leaf asks its run for, with `ctx.get(key)`; made by `key`. It stands for a value of type `T`. */
export interface Key<in out T> {
  readonly name: string
  /** This value for it: for a run (option `provide`), or for all runs of a machine (`provided`). `undefined` is a value, too. */
  with(value: T): Provided
  /** Only for the compiler. */
  readonly '~value'?: T
}

/** A value for a key, made by `key.with(value)`. It does not show the value, in a log or as JSON. */
export interface Provided {
  /** That of its key. */
  readonly name: string
  readonly '~provided': true
}

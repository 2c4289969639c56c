/** What a model can be told of this function as a tool: `parsed` is what its schema makes of the model's arguments. */
export interface ToolMark<P> {
  readonly '~tool'?: { parsed: P }
}
/** The same, dressed with an `approve` of its own: an agent with this tool takes a person's word. */
export interface AskingMark<P> {
  readonly '~tool'?: { parsed: P; asks: true }
}
/** It has a description for a model, and no schema of its arguments: it is no tool. */
export interface SchemaMissing {
  readonly '~tool'?: { parsed: never; missing: 'input' }
}
/** The mark of a function with the schema `S` that was given the description `D`: none without one, or where it is empty. */
export type Described<D, S, P> = [D] extends [''] ? unknown : [S] extends [never] ? SchemaMissing : ToolMark<P>
/** The mark of a composite with the description `D` that gives its input to `F` as it is. */
export type DescribedBy<D, F> = [D] extends [''] ? unknown : Inherited<F>
type Inherited<F> = F extends (...args: never) => unknown
  ? SchemaMissing
  : '~pass' extends keyof F
    ? SchemaMissing
    : '~tool' extends keyof F
      ? MarkOf<F>
      : ToolMark<unknown>
/** The mark of `F`, for the same function in another form. */
export type MarkOf<F> = '~tool' extends keyof F
  ? F extends SchemaMissing
    ? SchemaMissing
    : F extends AskingMark<infer P>
      ? AskingMark<P>
      : F extends ToolMark<infer P>
        ? ToolMark<P>
        : unknown
  : unknown
/** What its schema makes of the arguments of the tool `F`; unknown of one whose type does not say. */
export type ParsedOf<F> = '~tool' extends keyof F ? (F extends ToolMark<infer P> ? P : unknown) : unknown

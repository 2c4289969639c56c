/** Marks a function that can be a tool: `parsed` is the output of its schema for the model's arguments. */
export interface ToolMark<P> {
  readonly '~tool'?: { parsed: P }
}
/** The same, with an `approve` of its own: an agent with this tool takes approvals. */
export interface AskingMark<P> {
  readonly '~tool'?: { parsed: P; asks: true }
}
/** It has a description and no schema of its arguments: it cannot be a tool. */
export interface SchemaMissing {
  readonly '~tool'?: { parsed: never; missing: 'input' }
}
/** The mark of a function with the schema `S` that was given the description `D`: none without one, or where it is empty. */
export type Described<D, S, P> = [D] extends [''] ? unknown : [S] extends [never] ? SchemaMissing : ToolMark<P>
/** The mark of a composite with the description `D` that passes its input to `F` unchanged. */
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
/** The parsed arguments of the tool `F`; `unknown` where its type does not declare them. */
export type ParsedOf<F> = '~tool' extends keyof F ? (F extends ToolMark<infer P> ? P : unknown) : unknown

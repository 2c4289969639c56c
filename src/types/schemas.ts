/** A [Standard Schema](https://standardschema.dev) v1 (zod 4, valibot, arktype …), by shape. It must validate synchronously. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[]; readonly value?: undefined }
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
/** The input type of the schema `S`. */
export type SchemaInput<S> = S extends StandardSchema<infer I, unknown> ? I : never
/** The output type of the schema `S`. */
export type SchemaOutput<S> = S extends StandardSchema<unknown, infer O> ? O : never

import { MockLanguageModelV3 } from 'ai/test'
import { type } from 'arktype'
import { Schema } from 'effect'
import { llmCall, type OutputOf } from 'tinyllm'
import * as v from 'valibot'
import { expectTypeOf } from 'vitest'

const model = new MockLanguageModelV3()
const own = async () => 'x'

// Schemas of other libraries, of a model object and of a function, whose output is not what they take.
const piped = llmCall({ name: 'it', model, output: v.pipe(v.string(), v.transform(Number)) })
expectTypeOf<OutputOf<typeof piped>>().toEqualTypeOf<number>()
const nested = llmCall({ name: 'it', model, output: v.object({ a: v.optional(v.pipe(v.string(), v.length(1)), 'x') }) })
expectTypeOf<OutputOf<typeof nested>>().toEqualTypeOf<{ a: string }>()
const morph = llmCall({ name: 'it', model, output: type('string.numeric.parse') })
expectTypeOf<OutputOf<typeof morph>>().toEqualTypeOf<number>()
const object = llmCall({ name: 'it', model, output: type({ a: 'string' }) })
expectTypeOf<OutputOf<typeof object>>().toEqualTypeOf<{ a: string }>()
const inner = llmCall({ name: 'it', model, output: type({ at: 'string.date.parse', 'b?': 'number[]' }) })
expectTypeOf<OutputOf<typeof inner>>().toEqualTypeOf<{ at: Date; b?: number[] }>()
const effect = Schema.toStandardJSONSchemaV1(Schema.toStandardSchemaV1(Schema.Struct({ n: Schema.NumberFromString })))
const decoded = llmCall({ name: 'it', model, output: effect })
expectTypeOf<OutputOf<typeof decoded>>().toEqualTypeOf<{ readonly n: number }>()

llmCall({ name: 'it', model: own, output: v.pipe(v.string(), v.transform(Number)) })
llmCall({ name: 'it', model: own, output: type({ a: 'string' }) })
llmCall({ name: 'it', model: own, output: type('string.numeric.parse') })
llmCall({ name: 'it', model: () => ({ a: 'x' }), output: type({ a: 'string' }) })

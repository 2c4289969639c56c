import { MockLanguageModelV3 } from 'ai/test'
import { llmCall, type OutputOf } from 'tinyllm'
import { expectTypeOf } from 'vitest'
import { z } from 'zod'

// What goes in may differ from what comes out: of a model object nothing is known but that it says text.
const model = new MockLanguageModelV3()
const named = <const SO>(output: SO) => ({ name: 'it', model, output })
const length = llmCall({ name: 'it', model, output: z.string().transform(Number) })
expectTypeOf<OutputOf<typeof length>>().toEqualTypeOf<number>()
const at = llmCall({
  name: 'it',
  model,
  output: z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }),
})
expectTypeOf<OutputOf<typeof at>>().toEqualTypeOf<{ at: Date }>()
const codec = z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: String })
const date = llmCall({ name: 'it', model, output: codec })
expectTypeOf<OutputOf<typeof date>>().toEqualTypeOf<Date>()
const yes = llmCall({ name: 'it', model, output: z.stringbool() })
expectTypeOf<OutputOf<typeof yes>>().toEqualTypeOf<boolean>()
const number = llmCall({ name: 'it', model, output: z.coerce.number() })
expectTypeOf<OutputOf<typeof number>>().toEqualTypeOf<number>()
const filled = llmCall({ name: 'it', model, output: z.object({ a: z.number().default(1) }) })
expectTypeOf<OutputOf<typeof filled>>().toEqualTypeOf<{ a: number }>()
const made = llmCall({ name: 'it', model, output: z.preprocess((given) => given, z.object({ a: z.number() })) })
expectTypeOf<OutputOf<typeof made>>().toEqualTypeOf<{ a: number }>()
const list = llmCall({ name: 'it', model, output: z.array(z.string().transform(Number)) })
expectTypeOf<OutputOf<typeof list>>().toEqualTypeOf<number[]>()
llmCall(named(z.string().transform(Number)))

// A function that gives a text may be of any schema; one that gives something else, of one that takes a part of it.
const text = async () => 'x'
const parsed = llmCall({ name: 'it', model: text, output: z.object({ n: z.string().transform(Number) }) })
expectTypeOf<OutputOf<typeof parsed>>().toEqualTypeOf<{ n: number }>()
const doubled = llmCall({ name: 'it', model: async () => 1, output: z.number().transform((n) => `${n}`) })
expectTypeOf<OutputOf<typeof doubled>>().toEqualTypeOf<string>()
const maybe = llmCall({ name: 'it', model: async () => JSON.parse('1') as unknown, output: z.number() })
expectTypeOf<OutputOf<typeof maybe>>().toEqualTypeOf<number>()
llmCall({ name: 'it', model: async () => JSON.parse('1'), output: z.number() })
llmCall({ name: 'it', model: async () => ({ a: 1, b: 2 }), output: z.object({ a: z.number() }) })
llmCall({ name: 'it', model: (): number | undefined => 1, output: z.number() })
llmCall({ name: 'it', model: (): string | number[] => '', output: z.object({ a: z.number() }) })
llmCall({
  name: 'it',
  model: async (messages, { signal }) => messages.length + Number(signal.aborted),
  output: z.int(),
})

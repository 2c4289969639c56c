// A chain whose steps may also look at the flow's input and at every earlier output.
//
// The chart:
//   starting
//   validatingInput   a composite validates where it has a schema
//   running
//     net             a step of its own, from a function
//     tax             a function; its mapper runs as the state is entered, and a throw in it leads to failed
//     total
//   complete
//   failed
import { flow, fn } from 'tinyllm'
import { z } from 'zod'

const tax = fn({
  name: 'tax',
  run: ({ amount, percent }: { amount: number; percent: number }) => (amount * percent) / 100,
})

export const invoice = flow({
  name: 'invoice',
  input: z.object({ price: z.number(), quantity: z.number().int(), percent: z.number() }),
  steps: (s) =>
    s
      .step('net', ({ input }) => input.price * input.quantity)
      .step(tax, ({ input, value }) => ({ amount: value, percent: input.percent }))
      .step('total', ({ value, outputs }) => ({ net: outputs.net, tax: value, gross: outputs.net + value })),
})

export const sample = { price: 20, quantity: 5, percent: 19 }

// Any XState actor logic as a function, here a machine of your own.
//
// The chart:
//   starting
//   validatingInput
//   running            invokes the machine with the plain input; leaving the state stops it
//   validatingOutput
//   complete           with the machine's output
//   failed             when the machine ends with an error
import { actor } from 'tinyllm'
import { assign, setup } from 'xstate'

type Counting = { limit: number; value: number }

const doublingMachine = setup({
  types: { context: {} as Counting, input: {} as { limit: number }, output: {} as { value: number } },
  actions: { double: assign({ value: ({ context }) => context.value * 2 }) },
  guards: { isReached: ({ context }) => context.value >= context.limit },
}).createMachine({
  context: ({ input }) => ({ limit: input.limit, value: 1 }),
  initial: 'doubling',
  states: {
    doubling: { always: [{ guard: 'isReached', target: 'reached' }, { actions: 'double' }] },
    reached: { type: 'final' },
  },
  output: ({ context }) => ({ value: context.value }),
})

export const powerOfTwo = actor({ name: 'powerOfTwo', logic: doublingMachine })

export const sample = { limit: 100 }

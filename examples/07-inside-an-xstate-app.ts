// A pipeline inside an XState app: its machine is invoked like any other, its types come along, without a cast.
// Run it: npx tinyllm run examples/07-inside-an-xstate-app.ts
import { fn, PipelineError } from 'tinyllm'
import { assign, createActor, setup, waitFor } from 'xstate'
import { z } from 'zod'

export const translate = fn({
  name: 'translate',
  input: z.object({ text: z.string().min(1) }),
  run: async ({ text }) => ({ translation: text.toUpperCase() }),
})

type Context = { text: string; translation?: string; problem?: string }

const app = setup({
  types: { context: {} as Context, events: {} as { type: 'TRANSLATE'; text: string } },
  actors: { translate: translate.machine },
}).createMachine({
  context: { text: '' },
  initial: 'idle',
  states: {
    idle: {
      on: { TRANSLATE: { target: 'translating', actions: assign({ text: ({ event }) => event.text }) } },
    },
    translating: {
      invoke: {
        src: 'translate',
        input: ({ context }) => ({ text: context.text }),
        onDone: {
          target: 'idle',
          actions: assign({ translation: ({ event }) => event.output.translation }),
        },
        onError: {
          target: 'idle',
          // XState types every error as unknown.
          actions: assign({
            problem: ({ event }) => (event.error instanceof PipelineError ? event.error.code : 'bug'),
          }),
        },
      },
    },
  },
})

export const sample = { text: 'good morning' }

export async function main() {
  const actor = createActor(app).start()
  for (const text of ['good morning', '']) {
    actor.send({ type: 'TRANSLATE', text })
    await waitFor(actor, (state) => state.matches('idle'))
  }
  const { translation, problem } = actor.getSnapshot().context
  return { translation, problem }
}

// node examples/07-inside-an-xstate-app.ts (before Node 22.18: npx jiti examples/07-inside-an-xstate-app.ts)
if (process.argv[1] === import.meta.filename) console.log(await main())

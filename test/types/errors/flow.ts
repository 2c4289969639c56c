import { flow, fn, llmCall } from 'tinyllm'
import { z } from 'zod'
import { score } from '../fixtures.ts'

const input = z.object({ loanApplication: z.string() })
const chat = llmCall({ name: 'chat', model: async () => 'fine' })
const sent = fn({ name: 'sent', run: (to: string) => to.length })

// wrong: a role that there is not
flow({ name: 'a', input, steps: (s) => s.step(chat, () => [{ role: 'sytem', content: 'Be brief.' }]) })

// wrong: a message whose content is a number
flow({
  name: 'b',
  input,
  steps: (s) => s.step(chat, ({ input }) => ({ messages: [{ role: 'user', content: input.loanApplication.length }] })),
})

// wrong: a mapper that returns something else
flow({ name: 'c', input, steps: (s) => s.step(score, ({ input }) => input.loanApplication) })

// wrong: a mapper that returns a promise
flow({ name: 'd', input, steps: (s) => s.step(sent, async ({ input }) => input.loanApplication) })

// wrong: a mistake inside a mapper
flow({ name: 'e', input, steps: (s) => s.step(sent, ({ input }) => input.loanApplications) })

// wrong: a name without a function
flow({ name: 'f', input, steps: (s) => s.step('size') })

// wrong: a name with what is not a function
flow({ name: 'g', input, steps: (s) => s.step('size', 3) })

// wrong: a plain function, which has no name of its own
flow({ name: 'h', input, steps: (s) => s.step((text: string) => text) })

// wrong: a predicate that answers later
flow({ name: 'i', input, steps: (s) => s.when(async () => true, score) })

// wrong: the output of a step that may have been skipped
flow({ name: 'j', input, steps: (s) => s.when(() => true, score).step('k', ({ outputs }) => outputs.score.score) })

// wrong: a step after one that may be skipped takes the value before it, too
flow({ name: 'k', input, steps: (s) => s.when(() => true, score).step(sent) })

// wrong: a step that runs sometimes and cannot follow
flow({ name: 'l', input, steps: (s) => s.step(score).when(() => true, sent) })

// wrong: a mapper of a step that runs sometimes
flow({
  name: 'm',
  input,
  steps: (s) =>
    s.when(
      () => true,
      sent,
      ({ input }) => input,
    ),
})

// wrong: an early end makes the output a union
flow({
  name: 'n',
  input,
  steps: (s) =>
    s
      .endWhen(
        () => true,
        () => 'none',
      )
      .step(score),
})
  .run({ loanApplication: '' })
  .then((output) => output.score)

// wrong: a result that comes later
flow({
  name: 'o',
  input,
  steps: (s) =>
    s.endWhen(
      () => true,
      async () => null,
    ),
})

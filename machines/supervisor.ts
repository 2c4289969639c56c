// An agent that leads three others, which are its tools: it asks them at the same time, each works with tools of its own,
// and it decides with what they say. Their turns, tokens and errors are those of the run.
//
// The chart:
//   starting
//   validatingInput    a text, or { messages }
//   running
//     think            one turn of the supervisor's model
//     act              lawyer, engineer and accountant, each an actor with its own think and act
//   complete           with the decision
//   failed
import { agent, fn } from 'tinyllm'
import { openAIChat } from 'tinyllm/openai'
import { z } from 'zod'

const chat = (name: string) =>
  openAIChat({
    name,
    model: 'gpt-4o-mini',
    temperature: 0,
    retry: { attempts: 3, backoff: { initial: 500, jitter: true } },
    timeout: 60_000,
  })

// Stand-ins: give your own with supervisor.override('supervisor.act.lawyer.act.findClause', …).
const findClause = fn({
  name: 'findClause',
  description: 'Finds what our contracts say about a subject.',
  input: z.object({ subject: z.string() }),
  run: ({ subject }) => `§ 7: ${subject} may be changed with a notice of 30 days.`,
})
const measureLoad = fn({
  name: 'measureLoad',
  description: 'Measures how busy a service is, in percent.',
  input: z.object({ service: z.string() }),
  run: ({ service }) => ({ service, percent: 38 }),
})
const monthlyCost = fn({
  name: 'monthlyCost',
  description: 'Returns what a service costs a month, in euros.',
  input: z.object({ service: z.string() }),
  run: ({ service }) => ({ service, euros: 1200 }),
})

const lawyer = agent({
  name: 'lawyer',
  description: 'Knows our contracts. Ask one question.',
  model: chat('lawyer'),
  instructions: 'You are a lawyer. Answer in one sentence, with the clause.',
  tools: [findClause],
})
const engineer = agent({
  name: 'engineer',
  description: 'Knows our services, and how busy they are. Ask one question.',
  model: chat('engineer'),
  instructions: 'You are an engineer. Answer in one sentence, with the number that you measured.',
  tools: [measureLoad],
})
const accountant = agent({
  name: 'accountant',
  description: 'Knows what our services cost. Ask one question.',
  model: chat('accountant'),
  instructions: 'You are an accountant. Answer in one sentence, with the amount.',
  tools: [monthlyCost],
})

export const supervisor = agent({
  name: 'supervisor',
  model: chat('supervisor'),
  instructions: 'You lead a lawyer, an engineer and an accountant. Ask all of them at once, then decide, and say why.',
  tools: [lawyer, engineer, accountant],
  maxTurns: 5,
  timeout: 10 * 60_000,
})

export const sample = 'Should we move the search service to a smaller machine?'

// What a library that exports pipelines would write: each of these must have a type that a declaration file can name.
import {
  actor,
  agent,
  asTool,
  branch,
  chain,
  configure,
  createLogger,
  decision,
  flow,
  fn,
  limit,
  llmCall,
  parallel,
  pass,
  validator,
} from 'tinyllm'
import { fromPromise, setup } from 'xstate'
import { z } from 'zod'

const loan = z.object({ loanApplication: z.string() })

export const aFunction = fn({ name: 'a', input: loan, output: z.enum(['good', 'bad']), run: () => 'good' as const })
export const aChain = chain({ name: 'chain', children: [aFunction, (word: 'good' | 'bad') => word.length] })
export const aFlow = flow({
  name: 'flow',
  input: loan,
  steps: (s) =>
    s
      .step(aFunction)
      .step(aChain, ({ input }) => input)
      .step('sum', ({ value, outputs }) => outputs.a + value),
})
export const aParallel = parallel({ name: 'parallel', children: { aChain, aFlow } })
export const aSettled = parallel({ name: 'settled', mode: 'settled', children: [aChain, aFlow] })
export const aDecision = decision({ name: 'decision', decide: aFunction, branches: { good: pass(), bad: aParallel } })
export const aBranch = branch({
  name: 'branch',
  cases: [
    { name: 'long', when: (input: { loanApplication: string }) => input.loanApplication.length > 9, then: aChain },
  ],
  otherwise: aFlow,
})
export const anActor = actor({
  name: 'actor',
  logic: fromPromise(async ({ input }: { input: string }) => input.length),
})
export const anAgent = agent({ name: 'agent', model: async () => ({ role: 'assistant', content: '' }), tools: [] })
export const aTool = fn({ name: 'tool', description: 'Looks.', input: loan, run: () => 1 }).as('renamed')
export const noTool = fn({ name: 'noTool', description: 'Looks.', run: (text: string) => text })
export const aToolOfMany = chain({ name: 'toolOfMany', description: 'Looks.', children: [aTool, (n: number) => n] })
export const anAgentAsTool = agent({
  name: 'agentAsTool',
  description: 'Looks.',
  model: async () => ({ role: 'assistant', content: '' }),
  tools: [aTool, aToolOfMany],
})
export const aLimit = limit({ concurrency: 1 })
export const aPass = pass()
export const aValidator = validator(loan)
export const anLlmCall = llmCall({ name: 'llmCall', model: async (messages) => `${messages.length}` })
export const ownMessages = llmCall({ name: 'ownMessages', model: async (messages) => [...messages] })
export const ownAnswer = llmCall({ name: 'ownAnswer', model: async () => ({ role: 'assistant', content: 'x' }) })
export const aToolCall = llmCall({
  name: 'toolCall',
  model: async (messages) => `${messages.length}`,
  tools: { weather: { description: 'The weather', input: loan } },
})
export const together = decision({
  name: 'together',
  decide: chain({ name: 'classify', children: [aValidator, aFunction] }),
  branches: { good: aDecision, bad: aBranch },
})
export const aMachine = together.machine
export const anApp = setup({ actors: { together: together.machine } }).createMachine({
  invoke: { src: 'together', input: { loanApplication: '' } },
})
export const logger = createLogger()
export const configured = configure({ logger })
export const aDressedTool = asTool(aTool, { name: 'dressed', input: loan, toModel: (n) => `${n}`, approve: true })
export const anAgentThatAsks = agent({
  name: 'agentThatAsks',
  model: async () => 'Hi',
  tools: [aTool, aDressedTool],
  approve: { renamed: ({ loanApplication }) => loanApplication !== '' },
  endWith: 'dressed',
  beforeTurn: ({ turn }) => (turn > 3 ? { tools: ['renamed'] } : undefined),
})

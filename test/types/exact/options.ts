import {
  actor,
  agent,
  asTool,
  branch,
  chain,
  configure,
  createLogger,
  decision,
  fallback,
  flow,
  fn,
  limit,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  receive,
  validator,
  type Policy,
  type RunOptions,
  type StandardSchema,
} from 'tinyllm'
import { openAIChat, openAIEmbedding, openAIUserMessage } from 'tinyllm/openai'
import { fromPromise } from 'xstate'
import { z } from 'zod'

// What is not known to be there is handed on as it is: in every option `undefined` is the same as not given.
declare const maybe: {
  text: string | undefined
  number: number | undefined
  flag: boolean | undefined
  signal: AbortSignal | undefined
  schema: z.ZodString | undefined
  nothing: undefined
}

const options: RunOptions = {
  id: maybe.text,
  signal: maybe.signal,
  timeout: maybe.number,
  inspect: maybe.nothing,
  logger: maybe.nothing,
  engine: maybe.nothing,
}
const policy: Policy = {
  retry: maybe.nothing,
  timeout: maybe.number,
  limit: maybe.nothing,
  tags: maybe.nothing,
  meta: maybe.nothing,
  verbose: maybe.flag,
  description: maybe.text,
}
const { retry: _, timeout: __, ...untried } = policy

const a = fn({
  name: 'a',
  ...policy,
  retry: { attempts: 2, feedback: maybe.flag, when: maybe.nothing, backoff: { initial: 1, factor: maybe.number } },
  timeout: { attempt: maybe.number, idle: maybe.number },
  input: maybe.schema,
  run: (text: string) => text,
})
fn({ name: 'a', processOutput: maybe.nothing, run: () => 1 })
fn({
  name: 'a',
  retry: { attempts: 2, backoff: maybe.nothing },
  input: z.string(),
  output: maybe.schema,
  run: (t) => t,
})
await a.run('a', options)
await a.safeRun('a', { signal: maybe.signal })
await a.run('a', maybe.nothing)
chain({ name: 'b', ...policy, description: maybe.nothing, children: [a] })
parallel({
  name: 'b',
  ...policy,
  description: maybe.nothing,
  children: { a },
  inputs: maybe.nothing,
  mode: maybe.nothing,
})
fallback({ name: 'b', ...policy, description: maybe.nothing, children: [a] })
map({ name: 'b', ...policy, description: maybe.nothing, each: a, concurrency: maybe.number, mode: maybe.nothing })
loop({
  name: 'b',
  ...policy,
  description: maybe.nothing,
  body: a,
  until: () => true,
  maxIterations: 2,
  next: maybe.nothing,
  result: maybe.nothing,
})
branch({
  name: 'b',
  ...policy,
  description: maybe.nothing,
  cases: [{ name: 'a', when: (x: string) => x === '', then: a }],
  otherwise: maybe.nothing,
})
decision({ name: 'b', ...policy, description: maybe.nothing, decide: a, branches: { a }, choices: maybe.nothing })
decision({ name: 'b', decide: a, branches: maybe.nothing, choices: ['a'] })
flow({ name: 'b', ...policy, description: maybe.nothing, input: z.string(), steps: (s) => s.step(a) })
receive({ name: 'b', ...policy, description: maybe.nothing, input: maybe.nothing, events: { A: z.object({}) } })
actor({ name: 'b', ...policy, description: maybe.nothing, logic: fromPromise(async () => 1), output: maybe.nothing })
pass({ ...untried, name: maybe.nothing })
validator(z.string(), { ...untried, name: maybe.nothing, description: maybe.nothing })
const chat = llmCall({
  name: 'b',
  ...policy,
  description: maybe.nothing,
  model: async () => 'x',
  output: maybe.nothing,
})
agent({
  name: 'b',
  ...policy,
  description: maybe.nothing,
  model: chat,
  tools: [],
  maxTurns: maybe.number,
  instructions: maybe.text,
  input: maybe.nothing,
  output: maybe.nothing,
  transcript: maybe.nothing,
  stopWhen: maybe.nothing,
  approve: maybe.nothing,
  endWith: maybe.nothing,
  beforeTurn: maybe.nothing,
  onMaxTurns: maybe.nothing,
  outputRetries: maybe.number,
  approvalTimeout: maybe.number,
  toolErrors: maybe.nothing,
  concurrency: maybe.number,
  maxResultLength: maybe.number,
  toolChoice: maybe.nothing,
})
asTool(a, {
  name: maybe.nothing,
  description: maybe.text,
  input: maybe.schema,
  toModel: maybe.nothing,
  approve: maybe.nothing,
})
agent({ name: 'b', model: chat, tools: [], beforeTurn: () => ({ instructions: maybe.text, messages: maybe.nothing }) })
limit({ key: maybe.text, concurrency: maybe.number, requestsPerMinute: maybe.number, tokensPerMinute: maybe.number })
createLogger({ name: maybe.text, level: maybe.nothing, target: maybe.nothing })
configure({ logger: maybe.nothing })
openAIChat({
  name: 'b',
  ...policy,
  description: maybe.nothing,
  model: 'm',
  n: maybe.nothing,
  stream: maybe.flag,
  output: maybe.nothing,
  tools: maybe.nothing,
  prices: maybe.nothing,
  client: maybe.nothing,
  apiKey: maybe.text,
  baseURL: maybe.text,
  temperature: maybe.number,
  top_k: maybe.number,
  seed: maybe.number,
})
openAIEmbedding({ name: 'b', model: 'm', many: maybe.nothing, prices: maybe.nothing, dimensions: maybe.number })
openAIUserMessage({ name: maybe.text, content: 'Hi' })

// A helper that hands its own options on.
export const timed = (options: { timeout?: number; retries?: number; signal?: AbortSignal; output?: StandardSchema }) =>
  fn({
    name: 'timed',
    timeout: options.timeout,
    retry: options.retries === undefined ? undefined : { attempts: options.retries },
    run: (text: string) => text,
  }).run('a', { signal: options.signal })

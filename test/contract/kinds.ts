import {
  actor,
  agent,
  type AnyFn,
  asTool,
  type AssistantMessage,
  branch,
  chain,
  decision,
  fallback,
  flow,
  fn,
  llmCall,
  loop,
  map,
  parallel,
  pass,
  type Policy,
  receive,
  type RunContext,
  validator,
} from 'tinyllm'
import { fromPromise } from 'xstate'
import { z } from 'zod'
import { tap } from './tap.ts'

/** What happens inside the pipeline under test: one function that every kind runs somewhere. */
export type Work = (input: string, ctx: Pick<RunContext, 'signal'> & Partial<RunContext>) => unknown

/** A kind, as the contract suite sees it: a pipeline named `it` that runs the work on the text `'in'`. */
export type Kind = {
  name: string
  make(work: Work, policy?: Policy): AnyFn
  /** Where the work stands. */
  path: string
  /** The same in the definition, where that is another. */
  at?: string
  /** What goes in, if not `'in'` itself. */
  input?: unknown
  /** What comes out when the work gives `'out'`. */
  output: unknown
  /** What it says of an input that is no text; kinds without a schema pass it on. */
  refuses?: boolean
  /** Logic of the user's own has no `ctx`: no events, no attempts, no path of its own for a `PipelineError` inside. */
  bare?: boolean
  /** The failure is its own, with those of its children in the cause. */
  gathers?: boolean
  /** The work runs in an actor of its own, and is no actor of the machine itself. */
  apart?: boolean
  /** Where it is tried again, if that is below it. */
  retries?: string
}

const leaf = (work: Work, name = 'work') =>
  fn({ name, input: z.string(), run: (input: string, ctx: RunContext) => work(input, ctx) as string })
const refuse = (_: string): string => {
  throw new Error('not me')
}
const tool = fn({ name: 'tool', description: 'Does nothing.', input: z.object({}), run: () => 'done' })
const echo = fn({ name: 'echo', run: (input: string) => input })

/**
 * Add a kind here, and the whole contract holds for it. A name begins with that of its factory; kinds.test.ts finds a
 * factory that is missing.
 */
export const kinds: readonly Kind[] = [
  {
    name: 'fn',
    make: (work, policy) => leafOf(work, policy),
    path: 'it',
    output: 'out',
    refuses: true,
  },
  {
    name: 'asTool',
    make: (work, policy) =>
      asTool(
        fn({ name: 'inner', input: z.string(), run: (input: string, ctx: RunContext) => work(input, ctx), ...policy }),
        {
          name: 'it',
          description: 'Works.',
        },
      ),
    path: 'it',
    output: 'out',
    refuses: true,
  },
  {
    name: 'llmCall',
    make: (work, policy) =>
      llmCall({ name: 'it', model: (messages, ctx) => work(String(messages[0]?.content), ctx), ...policy }),
    path: 'it',
    output: 'out',
    refuses: true,
  },
  {
    name: 'actor',
    make: (work, policy) =>
      actor({
        name: 'it',
        logic: fromPromise<unknown, string>(async ({ input, signal }) => work(input, { signal })),
        input: z.string(),
        ...policy,
      }),
    path: 'it',
    output: 'out',
    refuses: true,
    bare: true,
  },
  {
    name: 'chain',
    make: (work, policy) => chain({ name: 'it', children: [echo, leaf(work), echo.as('after')], ...policy }),
    path: 'it.work',
    output: 'out',
  },
  {
    name: 'flow',
    make: (work, policy) =>
      flow({
        name: 'it',
        input: z.string(),
        steps: (s) =>
          s
            .step(echo)
            .step(leaf(work), ({ outputs }) => outputs.echo)
            .step('both', ({ input, value }) => ({ input, value })),
        ...policy,
      }),
    path: 'it.work',
    output: { input: 'in', value: 'out' },
    refuses: true,
  },
  {
    name: 'flow (the work runs sometimes)',
    make: (work, policy) =>
      flow({
        name: 'it',
        input: z.string(),
        steps: (s) =>
          s
            .when(({ input }) => input === 'out', echo)
            .when(({ input }) => input === 'in', leaf(work))
            .endWhen(({ outputs }) => outputs.work === 'out')
            .step('end', ({ value }) => ({ value })),
        ...policy,
      }),
    path: 'it.work',
    output: 'out',
    refuses: true,
  },
  {
    name: 'parallel (all)',
    make: (work, policy) =>
      parallel({
        name: 'it',
        children: { work: leaf(work), echo, mapped: echo },
        inputs: { mapped: (input: string) => `${input}!` },
        ...policy,
      }),
    path: 'it.work',
    output: { work: 'out', echo: 'in', mapped: 'in!' },
  },
  {
    name: 'decision (the work decides)',
    make: (work, policy) =>
      decision({
        name: 'it',
        decide: chain({ name: 'asking', children: [leaf(work), (said: string) => `"${said}."`] }),
        branches: { out: echo, other: echo },
        ...policy,
      }),
    path: 'it.deciding.work',
    output: 'in',
  },
  {
    name: 'decision (the work is a branch)',
    make: (work, policy) =>
      decision({ name: 'it', decide: () => 'gpt-4.1', branches: { 'gpt-4.1': leaf(work), other: echo }, ...policy }),
    path: 'it.gpt-4%2E1',
    output: 'out',
  },
  {
    name: 'branch',
    make: (work, policy) =>
      branch({
        name: 'it',
        cases: [
          { name: 'never', when: () => false, then: echo },
          { name: 'work', when: (input: string) => input === 'in', then: leaf(work) },
        ],
        otherwise: echo,
        ...policy,
      }),
    path: 'it.work',
    output: 'out',
  },
  {
    name: 'loop',
    make: (work, policy) =>
      loop({ name: 'it', body: leaf(work), until: ({ value }) => value === 'out', maxIterations: 3, ...policy }),
    path: 'it.body',
    output: 'out',
  },
  {
    name: 'loop (with next and result)',
    make: (work, policy) =>
      loop({
        name: 'it',
        body: leaf(work),
        until: ({ value }) => value === 'out',
        next: ({ input }) => input,
        result: ({ input, value, iteration }) => ({ input, value, iteration }),
        maxIterations: 3,
        ...policy,
      }),
    path: 'it.body',
    output: { input: 'in', value: 'out', iteration: 1 },
  },
  {
    name: 'fallback',
    make: (work, policy) =>
      fallback({ name: 'it', children: [fn({ name: 'first', run: refuse }), leaf(work)], ...policy }),
    path: 'it.work',
    output: 'out',
    gathers: true,
  },
  {
    name: 'map',
    make: (work, policy) => map({ name: 'it', each: leaf(work), ...policy }),
    input: ['in'],
    path: 'it[0].work',
    at: 'it.each',
    output: ['out'],
    refuses: true,
    apart: true,
  },
  {
    name: 'agent (the work is the model)',
    make: (work, policy) =>
      agent({
        name: 'it',
        model: async ({ messages }, ctx) => (await work(String(messages[0]?.content), ctx)) as AssistantMessage,
        tools: [tool],
        approve: ['tool'],
        stopWhen: () => false,
        ...policy,
      }),
    path: 'it.think',
    retries: 'it.think',
    output: 'out',
    refuses: true,
  },
]

/** A kind that is not in `src`: what holds for every kind must not depend on a list of them. */
export const newKind: Kind = {
  name: 'tap (a kind of a user)',
  make: (work, policy) => tap({ name: 'it', side: leaf(work, 'side'), ...policy }),
  path: 'it.side',
  output: 'in',
}

/** A kind that runs no function of the user: what the contract says of work does not apply. */
export type WorklessKind = {
  name: string
  /** Named `it`. */
  make(policy?: { description?: string }): AnyFn
  input: unknown
  output: unknown
  /** The event that it waits for. */
  event?: { type: string; [key: string]: unknown }
  /** An input that its schema rejects. */
  rejects?: unknown
}

/** A factory whose kind runs no function of the user belongs here. */
export const worklessKinds: readonly WorklessKind[] = [
  { name: 'pass', make: (policy) => pass<unknown, 'it'>({ name: 'it', ...policy }), input: 'in', output: 'in' },
  {
    name: 'validator',
    make: (policy) => validator(z.object({ n: z.coerce.number() }), { name: 'it', ...policy }),
    input: { n: '4' },
    output: { n: 4 },
    rejects: 'in',
  },
  {
    name: 'receive',
    make: (policy) =>
      receive({ name: 'it', input: z.string(), events: { APPROVE: z.object({ by: z.string() }) }, ...policy }),
    input: 'in',
    event: { type: 'APPROVE', by: 'Ada' },
    output: { type: 'APPROVE', by: 'Ada' },
    rejects: 7,
  },
]

function leafOf(work: Work, policy: Policy = {}): AnyFn {
  return fn({
    name: 'it',
    input: z.string(),
    output: z.unknown(),
    run: (input: string, ctx: RunContext) => work(input, ctx),
    processOutput: (output: unknown) => output,
    ...policy,
  })
}

import { assign, createActor, createMachine, enqueueActions, fromPromise, toPromise } from 'xstate'
import { checkChain, checkMap, checkParallel, concurrency, itemsOf, leaf } from './leaf.js'
import { versionOf } from './version.js'

const logic = (run) => fromPromise(({ input }) => run(input))
const fail = { target: '#failed', actions: assign({ error: ({ event }) => event.error }) }
const failed = { id: 'failed', type: 'final' }

function chain(length, run = leaf) {
  const step = (next) => ({
    invoke: {
      src: 'run',
      input: ({ context }) => context.value,
      onDone: { target: next, actions: assign({ value: ({ event }) => event.output }) },
      onError: fail,
    },
  })
  const steps = itemsOf(length).map((index) => [`s${index}`, step(index + 1 < length ? `s${index + 1}` : 'done')])
  const machine = createMachine(
    {
      initial: 's0',
      context: ({ input }) => ({ value: input }),
      states: { ...Object.fromEntries(steps), done: { type: 'final' }, failed },
      output: ({ context }) => context.value,
    },
    { actors: { run: logic(run) } },
  )
  return async () => checkChain(await toPromise(createActor(machine, { input: 0 }).start()), length)
}

function parallel(width, run = leaf) {
  const region = (id) => ({
    initial: 'running',
    states: {
      running: {
        invoke: {
          src: 'run',
          id,
          input: ({ context }) => context.value,
          onDone: {
            target: 'complete',
            actions: assign(({ context, event }) => ({ outputs: { ...context.outputs, [id]: event.output } })),
          },
          onError: fail,
        },
      },
      complete: { type: 'final' },
    },
  })
  const regions = itemsOf(width).map((index) => [`r${index}`, region(`r${index}`)])
  const machine = createMachine(
    {
      initial: 'starting',
      context: ({ input }) => ({ value: input, outputs: {} }),
      states: {
        // XState takes far longer over a parallel state that is there from the beginning.
        starting: { always: 'running' },
        running: { type: 'parallel', states: Object.fromEntries(regions), onDone: 'done' },
        done: { type: 'final' },
        failed,
      },
      output: ({ context }) => context.outputs,
    },
    { actors: { run: logic(run) } },
  )
  return async () => checkParallel(await toPromise(createActor(machine, { input: 1 }).start()), width)
}

function map(count, run = leaf) {
  const items = itemsOf(count)
  const spawnNext = enqueueActions(({ context, enqueue }) => {
    const { next } = context
    if (next === count) return
    enqueue.spawnChild('run', { id: `i${next}`, input: items[next] })
    enqueue.assign({ next: next + 1 })
  })
  const keep = enqueueActions(({ context, event, enqueue }) => {
    context.outputs[Number(event.actorId.slice(1))] = event.output
    enqueue.stopChild(event.actorId)
    enqueue.assign({ done: context.done + 1 })
  })
  const machine = createMachine(
    {
      initial: 'mapping',
      context: () => ({ next: 0, done: 0, outputs: [] }),
      states: {
        mapping: {
          entry: Array.from({ length: concurrency }, () => spawnNext),
          on: { 'xstate.done.actor.*': { actions: [keep, spawnNext] } },
          always: { guard: ({ context }) => context.done === count, target: 'done' },
        },
        done: { type: 'final' },
      },
      output: ({ context }) => context.outputs,
    },
    { actors: { run: logic(run) } },
  )
  return async () => checkMap(await toPromise(createActor(machine).start()), count)
}

/** The same work as a machine that somebody writes by hand. */
export const contender = {
  name: 'XState by hand',
  version: versionOf('xstate'),
  modules: ['xstate'],
  chain,
  parallel,
  map,
}

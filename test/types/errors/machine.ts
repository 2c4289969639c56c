import { actor, chain } from 'tinyllm'
import { createActor, fromPromise, setup } from 'xstate'
import { score, verdict } from '../fixtures.ts'

const credit = chain({ name: 'credit', children: [score, verdict] })
const running = createActor(credit.machine, { input: { loanApplication: '' } })

// wrong: no input
createActor(credit.machine)

// wrong: another input
createActor(credit.machine, { input: { loan: '' } })

// wrong: an event that nobody waits for
running.send({ type: 'NOPE' })

// wrong: an event that is never emitted
running.on('tok', () => {})

// wrong: an embedding machine that gives no input
setup({ actors: { credit: credit.machine } }).createMachine({ invoke: { src: 'credit', input: { loan: '' } } })

// wrong: an actor after something else
chain({
  name: 'a',
  children: [score, actor({ name: 'b', logic: fromPromise(async ({ input }: { input: string }) => input) })],
})

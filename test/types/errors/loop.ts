import { fn, llmCall, loop } from 'tinyllm'

const grow = fn({ name: 'grow', run: (n: number) => ({ n: n + 1 }) })
const judge = llmCall({ name: 'judge', model: async () => 'fine' })

// wrong: a body that cannot take its own output
loop({ name: 'a', body: grow, until: ({ value }) => value.n > 3, maxIterations: 5 })

// wrong: a next that makes something else
loop({ name: 'b', body: grow, until: ({ value }) => value.n > 3, next: ({ value }) => value, maxIterations: 5 })

// wrong: a next that answers later
loop({ name: 'c', body: grow, until: ({ value }) => value.n > 3, next: async ({ value }) => value.n, maxIterations: 5 })

// wrong: a role that there is not
loop({
  name: 'd',
  body: judge,
  until: () => true,
  next: ({ value }) => [{ role: 'usr', content: value }],
  maxIterations: 5,
})

// wrong: a predicate that answers later
loop({ name: 'e', body: judge, until: async () => true, maxIterations: 5 })

// wrong: an option that there is not
loop({ name: 'f', body: judge, until: () => true, maxIteration: 5 })

// wrong: a mistake inside of result
loop({
  name: 'g',
  body: judge,
  until: () => true,
  maxIterations: 5,
  result: ({ value, iterations }) => ({ value, iterations }),
})

// wrong: a body without a type at its parameter
loop({ name: 'h', body: (x) => x + 1, until: ({ value }) => value > 3, maxIterations: 5 })

// wrong: a result that comes later
loop({ name: 'i', body: judge, until: () => true, maxIterations: 5, result: async ({ value }) => value.length })

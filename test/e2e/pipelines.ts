import { chain, decision, fn, parallel, pass, type RunContext } from 'tinyllm'

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const pieces = {
  slow: <const N extends string>(name: N, ms: number) =>
    fn({ name, run: async (value: unknown) => (await sleep(ms), String(value)) }),
  add: <const N extends string>(name: N) => fn({ name, run: async (value: number) => (await sleep(20), value + 1) }),
}

/** A model that says a text word by word, and what that cost. */
export const speaking =
  (text: string, ms: number) =>
  async (_: unknown, { emit }: RunContext) => {
    const words = text.split(/(?<= )/)
    for (const delta of words) {
      await sleep(ms / words.length)
      emit({ type: 'token', delta })
    }
    emit({ type: 'usage', inputTokens: 212, outputTokens: words.length, cost: 0.00031 })
    return text
  }

/** A pipeline of about so many functions, of every shape, that runs to its end at once. */
export function wide(count: number) {
  let made = 0
  const step = () => fn({ name: `step${++made}`, run: (value: number) => value })
  const part = (number: number) =>
    chain({
      name: `part${number}`,
      children: [
        step(),
        parallel({ name: 'both', children: { left: step(), right: step() } }),
        fn({ name: 'join', run: ({ left }: { left: number }) => left }),
        decision({ name: 'choose', decide: () => 'on' as const, branches: { on: step(), off: pass() } }),
      ],
    })
  const group = (number: number) => {
    const [first, ...rest] = Array.from({ length: 9 }, (_, at) => part(number * 9 + at))
    return chain({ name: `group${number}`, children: [first as never, ...(rest as never[])] })
  }
  const groups = Array.from({ length: Math.ceil(count / 91) }, (_, at) => group(at))
  const [first, ...rest] = groups
  return chain({ name: 'large', children: [first as never, ...(rest as never[])] }) as unknown as ReturnType<
    typeof step
  >
}

import { chain, validator } from 'tinyllm'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'

const order = z.object({ id: z.string(), size: z.coerce.number() })

test('a validator returns what its schema makes of the input', async () => {
  expect(await validator(order).run({ id: 'a', size: '4', more: 1 } as never)).toEqual({ id: 'a', size: 4 })
})

test('an input that does not fit fails it with input_validation, and its issues', async () => {
  const { error } = await validator(order, { name: 'order' }).safeRun({ id: 7, size: 1 } as never)
  expect(error).toMatchObject({
    code: 'input_validation',
    path: 'order',
    state: 'validatingInput',
    issues: [{ path: ['id'] }],
  })
})

test('in a chain it stands before what it guards', async () => {
  const run = vi.fn(String)
  const it = chain({ name: 'c', children: [(input: unknown) => input as never, validator(order), run] })
  await expect(it.run({})).rejects.toMatchObject({ code: 'input_validation', path: 'c.validator' })
  expect(run).not.toHaveBeenCalled()
})

test('a schema that was forgotten is a TypeError where it is defined', () => {
  for (const schema of [undefined, null, {}, 'x']) {
    const define = () => validator(schema as never)
    expect(define).toThrow(TypeError)
    expect(define).toThrow('validator validator: input is not a schema')
  }
})

test('a validator takes no policy of work that it does not do', () => {
  for (const option of [{ retry: { attempts: 2 } }, { timeout: 5 }])
    expect(() => validator(order, option as never)).toThrow(Object.keys(option)[0])
})

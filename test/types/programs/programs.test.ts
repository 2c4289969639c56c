import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
const names = readdirSync(import.meta.dirname).filter((f) => !f.includes('.test.') && f.endsWith('.ts'))
describe.each(names)('%s', (name) => {
  test('runs', async () => {
    const { main } = await import(`./${name}`)
    const out = await main()
    console.log(name, JSON.stringify(out, null, 1))
    expect(out).toBeDefined()
  })
})

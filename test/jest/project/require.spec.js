const { fn } = require('tinyllm')

test('a function runs', async () => {
  await expect(fn({ name: 'double', run: (n) => 2 * n }).run(21)).resolves.toBe(42)
})

// One scenario in a process of its own, on whichever node was asked for: gets its name and options, sends its results.
process.once('message', async ({ scenario, options }) => {
  const progress = (text) => process.send({ progress: text })
  try {
    const { measure } = await import(`./${scenario}.js`)
    process.send({ results: await measure({ ...options, progress }) }, () => process.exit(0))
  } catch (error) {
    process.send({ problem: error.stack }, () => process.exit(1))
  }
})

import chart from 'tinyllm/machines/chain.json'

// In an ES module, `nodenext` wants `with { type: 'json' }`, which TypeScript 5.4 has no word for in CommonJS.
export const id: string = chart.id

/** How long the scenarios take; all times in ms. */
export const full = {
  pace: { rounds: 24, slice: 30, warm: 300, budget: 4000 },
  bound: 20_000,
  sizes: { chain: [1, 10, 100, 1000], parallel: [1, 10, 30, 100, 300, 1000], map: [1000, 10_000] },
  alone: { rounds: 3, sizes: { chain: [100], parallel: [100], map: [1000] } },
  inFlight: { rounds: 3, runs: 10_000, length: 10, budget: 2000, bound: 20_000 },
  building: [10, 100, 1000, 3000],
  importing: { rounds: 10 },
  resuming: { chain: [10, 100, 1000], parallel: [10, 100, 1000], map: [1000, 10_000] },
  policies: { chain: [100], parallel: [10, 100, 600] },
  observing: { length: 100 },
  agent: {
    loop: { turns: 50, tools: 2 },
    tools: { sizes: [2, 200], turns: 50 },
    crowd: { runs: 1000, turns: 3, tools: 2 },
    turns: { sizes: [100, 800, 3200], tools: 2, bound: 5000 },
    alone: { rounds: 3 },
  },
  soak: { runs: 200_000, parts: 20 },
}

/** Under a minute: to see whether something has become much slower, not to quote. */
export const quick = {
  pace: { rounds: 7, slice: 8, warm: 40, budget: 250 },
  bound: 500,
  sizes: { chain: [1, 10, 100], parallel: [10, 100], map: [100, 1000] },
  inFlight: { rounds: 1, runs: 300, length: 10, budget: 200, bound: 20_000 },
  building: [10, 100, 1000],
  importing: { rounds: 1 },
  resuming: { chain: [100], parallel: [10, 100], map: [1000] },
  policies: { chain: [100], parallel: [10, 100] },
  observing: { length: 100 },
  agent: {
    loop: { turns: 50, tools: 2 },
    tools: { sizes: [2, 200], turns: 50 },
    crowd: { runs: 1000, turns: 3, tools: 2 },
    turns: { sizes: [100, 800], tools: 2, bound: 1000 },
  },
  soak: { runs: 30_000, parts: 10 },
}

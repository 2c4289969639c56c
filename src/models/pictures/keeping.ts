import type { Fetched } from './fetching.ts'

/** How many characters of base64 are kept for one model. */
const MOST = 32_000_000

type Kept = { readonly picture: Fetched; readonly until: number }
const pictures = new WeakMap<object, Map<string, Kept>>()

/**
 * A conversation goes back with each turn, and its pictures with it. They are kept only as long as their servers say
 * (`cache-control`), as a browser does: what a camera shows is another picture each time.
 */
export function keep(model: object, key: string, picture: Fetched): void {
  if (picture.freshFor <= 0) return
  const known = pictures.get(model) ?? new Map<string, Kept>()
  pictures.set(model, known)
  known.delete(key)
  known.set(key, { picture, until: Date.now() + picture.freshFor })
  let size = 0
  // From the newest on; what was kept first goes first.
  for (const [key, { picture }] of [...known].toReversed()) {
    size += picture.base64.length
    if (size > MOST) known.delete(key)
  }
}

export function kept(model: object, key: string): Fetched | undefined {
  const { picture, until } = pictures.get(model)?.get(key) ?? { until: 0 }
  return Date.now() < until ? picture : undefined
}

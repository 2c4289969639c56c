import type { FetchedImage } from './fetch-image.ts'

/** In characters of base64, for one model. */
const MAX_BASE64_LENGTH = 32_000_000

type CacheEntry = { readonly picture: FetchedImage; readonly until: number }
const caches = new WeakMap<object, Map<string, CacheEntry>>()

/**
 * Caches a downloaded image, because each turn sends the whole conversation again. It is kept as long as `cache-control`
 * allows, as in a browser: a webcam's URL returns another image each time.
 */
export function cacheImage(model: object, key: string, picture: FetchedImage): void {
  if (picture.freshFor <= 0) return
  const known = caches.get(model) ?? new Map<string, CacheEntry>()
  caches.set(model, known)
  known.delete(key)
  known.set(key, { picture, until: Date.now() + picture.freshFor })
  let size = 0
  // From the newest on, so that the oldest are evicted.
  for (const [key, { picture }] of [...known].toReversed()) {
    size += picture.base64.length
    if (size > MAX_BASE64_LENGTH) known.delete(key)
  }
}

export function cachedImage(model: object, key: string): FetchedImage | undefined {
  const { picture, until } = caches.get(model)?.get(key) ?? { until: 0 }
  return Date.now() < until ? picture : undefined
}

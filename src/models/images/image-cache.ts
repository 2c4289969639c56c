import type { FetchedImage } from './fetch-image.ts'

/** In characters of base64, for one model. */
const MAX_BASE64_LENGTH = 32_000_000

type CacheEntry = { readonly image: FetchedImage; readonly until: number }
const caches = new WeakMap<object, Map<string, CacheEntry>>()

/**
 * Caches a downloaded image, because each turn sends the whole conversation again. It is kept as long as
 * `cache-control` allows, as in a browser: a webcam's URL returns another image each time.
 */
export function cacheImage(model: object, key: string, image: FetchedImage): void {
  if (image.freshFor <= 0) return
  const known = caches.get(model) ?? new Map<string, CacheEntry>()
  caches.set(model, known)
  known.delete(key)
  known.set(key, { image, until: Date.now() + image.freshFor })
  let size = 0
  // From the newest on, so that the oldest are evicted.
  for (const [key, { image }] of [...known].toReversed()) {
    size += image.base64.length
    if (size > MAX_BASE64_LENGTH) known.delete(key)
  }
}

export function cachedImage(model: object, key: string): FetchedImage | undefined {
  const { image, until } = caches.get(model)?.get(key) ?? { until: 0 }
  return Date.now() < until ? image : undefined
}

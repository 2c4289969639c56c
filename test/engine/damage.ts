import { Dice } from './dice.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Place = { holder: Json[] | { [key: string]: Json }; key: string; path: string }

/** One thing that may happen to a saved run on its way: what was done, and what is left. */
export type Damage = { what: string; path: string; damaged: Json }

const ODD: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  '',
  'x',
  'running',
  [],
  {},
  [[]],
  { a: 1 },
  '__proto__',
]

/** Every damage of one place in turn: each key deleted, of other types, a sibling's value, and what is empty dropped. */
export function* damages(saved: Json, seed: number): Generator<Damage> {
  const dice = new Dice(seed)
  for (const { path } of placesIn(saved)) {
    yield* [
      damage(saved, path, 'deleted', ({ holder, key }) => remove(holder, key)),
      ...dice
        .list(3, () => dice.pick(ODD))
        .map((odd) => damage(saved, path, `became ${JSON.stringify(odd)}`, ({ holder, key }) => put(holder, key, odd))),
      damage(saved, path, 'became a sibling', ({ holder, key }) => {
        const [, value] = dice.pick(Object.entries(holder))!
        put(holder, key, structuredClone(value) as Json)
      }),
      damage(saved, path, 'became a cousin', ({ holder, key }) => {
        const other = dice.pick(placesIn(saved))
        put(holder, key, structuredClone((other.holder as never)[other.key]) as Json)
      }),
    ]
  }
  yield { what: 'all that is empty dropped', path: '', damaged: withoutEmpty(saved) }
}

function damage(saved: Json, path: string, what: string, act: (place: Place) => void): Damage {
  const damaged = structuredClone(saved)
  act(placesIn(damaged).find((place) => place.path === path)!)
  return { what: `${path} ${what}`, path, damaged }
}

function placesIn(value: Json, path = ''): Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => {
    const at = path ? `${path}/${key}` : key
    return [{ holder: value, key, path: at }, ...placesIn(part, at)]
  })
}

function put(holder: Place['holder'], key: string, value: Json): void {
  ;(holder as { [key: string]: Json })[key] = value
}

function remove(holder: Place['holder'], key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

/** What some databases do: they keep no empty lists and objects. */
function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).flatMap(([key, part]) => {
    const left = withoutEmpty(part)
    return typeof left === 'object' && left !== null && Object.keys(left).length === 0 ? [] : [[key, left] as const]
  })
  return Object.fromEntries(kept)
}

import type { Frame, PipelineContext } from '../types.ts'

type Slots = PipelineContext['slots']

/** Frames live in pages of 32, so that changing one of a thousand copies two short lists and not a long one. */
const BITS = 5
const MASK = (1 << BITS) - 1

/** A slot as the page and the place in it: what `meta.slot` says to those who read a context from outside. */
export const addressOf = (slot: number): [page: number, place: number] => [slot >> BITS, slot & MASK]

export const read = (slots: Slots, slot: number): Frame | undefined => slots[slot >> BITS]?.[slot & MASK] ?? undefined

/** The same slots with one frame replaced, and those after it emptied up to `end`. */
export function write(slots: Slots, slot: number, frame: Frame, end = slot + 1): Slots {
  const pages = slots.slice()
  let copied = -1
  const set = (at: number, value: Frame | null) => {
    const index = at >> BITS
    while (pages.length <= index) pages.push([])
    if (copied !== index) pages[index] = pages[index]?.slice() ?? []
    copied = index
    const page = pages[index] as (Frame | null)[]
    while (page.length < (at & MASK)) page.push(null)
    page[at & MASK] = value
  }
  set(slot, frame)
  for (let at = slot + 1; at < end; at++) if (read(slots, at)) set(at, null)
  return pages
}

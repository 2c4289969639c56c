import type { Frame, PipelineContext } from '../types.ts'

type Slots = PipelineContext['slots']

/** Frames live in pages of 32, so that changing one of a thousand copies two short lists and not a long one. */
const PAGE_BITS = 5
const PAGE_MASK = (1 << PAGE_BITS) - 1

/** A slot as page and index: `meta.slot` of a state, for readers of the context. */
export const slotAddress = (slot: number): [page: number, place: number] => [slot >> PAGE_BITS, slot & PAGE_MASK]

export const readSlot = (slots: Slots, slot: number): Frame | undefined =>
  slots[slot >> PAGE_BITS]?.[slot & PAGE_MASK] ?? undefined

/** A copy of the slots with one frame replaced, and the slots after it cleared up to `end`. */
export function writeSlot(slots: Slots, slot: number, frame: Frame, end = slot + 1): Slots {
  const pages = slots.slice()
  let copied = -1
  const set = (at: number, value: Frame | null) => {
    const index = at >> PAGE_BITS
    while (pages.length <= index) pages.push([])
    if (copied !== index) pages[index] = pages[index]?.slice() ?? []
    copied = index
    const page = pages[index] as (Frame | null)[]
    while (page.length < (at & PAGE_MASK)) page.push(null)
    page[at & PAGE_MASK] = value
  }
  set(slot, frame)
  for (let at = slot + 1; at < end; at++) if (readSlot(slots, at)) set(at, null)
  return pages
}

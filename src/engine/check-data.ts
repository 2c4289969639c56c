import { isRecord, RESUME } from '../resuming.ts'
import { findForeign, Unsaveable } from '../saving.ts'
import type { PipelineContext } from '../types.ts'

/** Throws, naming the function and the place in its value, when a run holds what JSON cannot bring back. */
export function checkData({ slots }: PipelineContext): void {
  for (const page of slots) {
    for (const frame of page) {
      if (!frame) continue
      for (const field of ['given', 'input', 'value', 'outputs'] as const) {
        const found = findForeign(frame[field], field === 'value' ? 'output' : field)
        if (found) throw new Unsaveable(frame.path, found)
      }
    }
  }
}

type Actors = Readonly<Record<string, unknown>>

/** The same for what the actors of the user's own logic save; ours hold what is in the context, or see to it themselves. */
export function checkChildren(children: object, actors: Actors): void {
  for (const [path, child] of Object.entries(children)) {
    const { src, snapshot } = child as { src?: unknown; snapshot?: unknown }
    if (RESUME in Object(actors[src as string]) || !isRecord(snapshot)) continue
    // What it failed with is an error, which JSON does not bring back in XState either.
    const found = findForeign({ ...snapshot, error: undefined }, 'snapshot')
    if (found) throw new Unsaveable(path, found)
  }
}

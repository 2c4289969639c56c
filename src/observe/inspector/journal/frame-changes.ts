import type { Frame } from '../../../types.ts'
import type { FrameChange } from './line.ts'
import type { ValueEncoder } from './value-encoding.ts'

type Slots = readonly (readonly (Frame | null)[])[]

/** What changed between two memories of a run, by path; undefined if nothing did. Unchanged pages are skipped whole. */
export function frameChanges(
  before: Slots,
  after: Slots,
  values: ValueEncoder,
): Record<string, FrameChange> | undefined {
  if (before === after) return undefined
  let found: Record<string, FrameChange> | undefined
  for (let page = 0; page < after.length; page++) {
    const now = after[page]
    const then = before[page]
    if (now === then || !now) continue
    for (let place = 0; place < now.length; place++) {
      const frame = now[place]
      const old = then?.[place]
      if (!frame || frame === old) continue
      const change = changeOf(old?.path === frame.path ? old : undefined, frame, values)
      if (change) (found ??= {})[frame.path] = change
    }
  }
  return found
}

function changeOf(old: Frame | undefined, frame: Frame, values: ValueEncoder): FrameChange | undefined {
  const { attempt, input, value, error } = frame
  const change = {
    // Written for a new frame, too: the reader then clears the values of an earlier round.
    ...(attempt !== old?.attempt && { attempt }),
    ...(input !== undefined && input !== old?.input && { input: values.encode(input, old?.input) }),
    ...(value !== undefined && value !== old?.value && { value: values.encode(value, old?.value ?? input) }),
    ...(error !== undefined && error !== old?.error && { error: values.encode(error) }),
  }
  return Object.keys(change).length > 0 ? change : undefined
}

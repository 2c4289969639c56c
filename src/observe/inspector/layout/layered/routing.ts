import type { LevelLink, Segment, Vertex } from './graph.ts'

type Point = readonly [number, number]
/** Between two verticals beside each other, and between the first or last one and a box; in px. */
const [TRACK, CLEAR] = [9, 15]

const startHeight = ({ from, out }: Segment): number => from.y + out
const endHeight = ({ to, in: offset }: Segment): number => to.y + offset
const isStraight = (segment: Segment): boolean => Math.abs(startHeight(segment) - endHeight(segment)) < 0.5

/**
 * The verticals between two layers: the track of each segment that is not straight, counted from the left. Verticals that
 * overlap have different tracks, and are ordered so that few segments cross.
 */
export function tracksOf(layer: readonly Vertex[]): ReadonlyMap<Segment, number> {
  const open = layer.flatMap(({ right }) => right).filter((segment) => !isStraight(segment))
  const isDown = (segment: Segment) => endHeight(segment) > startHeight(segment)
  // Of those that lead down, the lowest turns first; of those that lead up, the highest.
  const ordered = open.toSorted((a, b) =>
    isDown(a) === isDown(b)
      ? (startHeight(b) - startHeight(a)) * (isDown(a) ? 1 : -1)
      : Number(isDown(b)) - Number(isDown(a)),
  )
  const tracks = new Map<Segment, number>()
  for (const segment of turnOrder(ordered)) {
    let track = 0
    for (const [other, taken] of tracks) if (taken >= track && overlap(segment, other)) track = taken + 1
    tracks.set(segment, track)
  }
  return tracks
}

/** The same segments; what begins at the height at which another one ends has to turn before that one does. */
function turnOrder(segments: readonly Segment[]): readonly Segment[] {
  const found = new Set<Segment>()
  const visit = (segment: Segment, path: ReadonlySet<Segment>): void => {
    if (found.has(segment) || path.has(segment)) return
    for (const other of segments)
      if (other !== segment && meets(startHeight(other), endHeight(segment))) visit(other, new Set([...path, segment]))
    found.add(segment)
  }
  for (const segment of segments) visit(segment, new Set())
  return [...found]
}

const meets = (one: number, other: number): boolean => Math.abs(one - other) < 4

function overlap(one: Segment, other: Segment): boolean {
  const [a, b] = [startHeight(one), endHeight(one)].toSorted((x, y) => x - y) as [number, number]
  const [c, d] = [startHeight(other), endHeight(other)].toSorted((x, y) => x - y) as [number, number]
  return a < d + 6 && c < b + 6
}

/** How wide the room between two layers has to be. */
export const channelWidth = (tracks: ReadonlyMap<Segment, number>): number =>
  tracks.size === 0 ? 2 * CLEAR : 2 * CLEAR + TRACK * Math.max(...tracks.values())

/** The points of a link in the direction in which it is drawn; `channel` is where the room after a layer begins. */
export function route(
  link: LevelLink,
  channel: (layer: number) => number,
  tracks: readonly ReadonlyMap<Segment, number>[],
): Point[] {
  const points: Point[] = []
  for (const segment of link.segments) {
    const { from, to } = segment
    const [y1, y2] = [startHeight(segment), endHeight(segment)]
    const track = tracks[from.layer]?.get(segment)
    points.push([from.x + (from.box?.w ?? from.width), y1])
    if (track !== undefined) {
      const x = channel(from.layer) + CLEAR + track * TRACK
      points.push([x, y1], [x, y2])
    }
    points.push([to.x, track === undefined ? y1 : y2])
  }
  const drawn = points.filter((point, index) => !isBetween(points[index - 1], point, points[index + 1]))
  return link.reversed ? drawn.toReversed() : drawn
}

/** Whether a point is on the line between its neighbours, or the same as the one before. */
function isBetween(before: Point | undefined, [x, y]: Point, after: Point | undefined): boolean {
  if (!before || !after) return false
  const [same, level] = [before[0] === x && after[0] === x, before[1] === y && after[1] === y]
  return same || level
}

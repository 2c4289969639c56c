export { coverPaths } from './cover.ts'
export { paths } from './paths.ts'
export type { Path, PathOptions, Paths } from './paths.ts'
export type { CoverReport } from './report.ts'

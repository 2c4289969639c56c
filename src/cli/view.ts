/** Where a run can be looked at. */
export const VIEWS = ['page', 'stately', 'classic'] as const
type View = (typeof VIEWS)[number]

/** `--inspect` alone means the page, wherever it stands. */
export const withView = (args: readonly string[]): string[] =>
  args.map((arg, at) => (arg === '--inspect' && !isView(args[at + 1]) ? '--inspect=page' : arg))

export const isView = (text: string | undefined): text is View => VIEWS.some((view) => view === text)

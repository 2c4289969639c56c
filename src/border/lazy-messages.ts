/**
 * Messages that are rare, and loaded only when needed. This file imports nothing: a module shared with the core would
 * become a chunk of its own in a bundle.
 */

type Place = { readonly path: string; readonly runs: number; readonly events: string }
const MAX_SHOWN = 20

/** The process exits while runs wait, since nothing can send their events any more; `type` is one of the events. */
export function exitWithOpenWaits(waits: readonly Place[], type: string): string {
  const places = waits.slice(0, MAX_SHOWN).map(({ path, events, runs }) => {
    const many = runs > 1 ? ` (${runs} runs)` : ''
    return `  ${path}${many} waits for ${events}`
  })
  const more = waits.length > MAX_SHOWN ? [`  and ${waits.length - MAX_SHOWN} more`] : []
  return [
    'tinyllm: this process exits before its run has ended: the run waits for an event, and nothing is left that could send one.',
    ...places,
    ...more,
    `Keep the process alive until the event is sent: const actor = pipeline.start(input), and later actor.send({ type: '${type}', … }). Or give the function that waits a timeout.`,
  ].join('\n')
}

/** `ctx.run` was called with something that is not a function of tinyllm. */
export const notAFunction = (path: string, given: string): string =>
  `${path}: ctx.run was given ${given}. It takes the result of fn(), chain() or another factory, and its input; call a plain function directly: await it(input, ctx).`

/** `ctx.run` cannot start a function that waits for an event, at the path `at`. */
export const waitsInsideLeaf = (path: string, at: string, name: string): string =>
  `${path} was not started: ${at} waits for an event from outside, and events do not reach a function that is run with ctx.run. Make it a step: put ${name} next to the function, in a chain or a flow.`

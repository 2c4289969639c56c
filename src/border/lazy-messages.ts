/**
 * What is said so seldom that it is loaded only then. Nothing is imported here: what this file shared with the core would
 * be a chunk of its own in a bundle.
 */

type Place = { readonly path: string; readonly runs: number; readonly events: string }
const MAX_SHOWN = 20

/** Why a program ends although runs wait: nobody is left who could send what they wait for; `type` is one of the events. */
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

/** Why `ctx.run` takes no such thing. */
export const notAFunction = (path: string, given: string): string =>
  `${path}: ctx.run was given ${given}. It takes the result of fn(), chain() or another factory, and its input; call a plain function directly: await it(input, ctx).`

/** Why `ctx.run` does not start what waits, at `at`. */
export const waitsInsideLeaf = (path: string, at: string, name: string): string =>
  `${path} was not started: ${at} waits for an event from outside, and events do not reach a function that is run with ctx.run. Make it a step: put ${name} next to the function, in a chain or a flow.`

/**
 * What is said so seldom that it is loaded only then. Nothing is imported here: what this file shared with the core would
 * be a chunk of its own in a bundle.
 */

type Place = { readonly path: string; readonly runs: number; readonly events: string }
const SHOWN = 20

/** Why a program ends although runs wait: nobody is left who could send what they wait for; `type` is one of the events. */
export function unsent(waits: readonly Place[], type: string): string {
  const places = waits.slice(0, SHOWN).map(({ path, events, runs }) => {
    const many = runs > 1 ? ` (${runs} runs)` : ''
    return `  ${path}${many} waits for ${events}`
  })
  const more = waits.length > SHOWN ? [`  and ${waits.length - SHOWN} more`] : []
  return [
    'tinyllm: this program ends before its run: the run waits for an event, and nothing is left that could send one.',
    ...places,
    ...more,
    `Start the run with start(), and send the event: actor.send({ type: '${type}', … }). Or give the function that waits a timeout.`,
  ].join('\n')
}

/** Why `ctx.run` takes no such thing. */
export const noFunction = (path: string, given: string): string =>
  `${path}: ctx.run was given ${given}. It takes a function made with fn(), chain() or the like, and its input; call a plain function as it is: await it(input, ctx).`

/** Why `ctx.run` does not start what waits, at `at`. */
export const waiting = (path: string, at: string, name: string): string =>
  `${path} was not started: ${at} waits for an event from outside, and none reaches what a function runs with ctx.run. Make it a step: put ${name} beside the function, in a chain or a flow.`

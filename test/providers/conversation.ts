import { createActor, toPromise } from 'xstate'
import type { Specimen } from './models.ts'
import { ourAgent, ourPrompt, toolForm } from './ours.ts'
import type { Scenario } from './scenario.ts'
import { scripted } from './scripted.ts'
import { askTheirs, done } from './yardstick.ts'
import type { LanguageModel } from 'tinyllm/ai-sdk'

export type Talk = { readonly requests: readonly { path: string; body: unknown }[]; readonly problem?: unknown }

async function recorded(
  specimen: Specimen,
  { turns }: Scenario,
  ask: (model: LanguageModel) => Promise<unknown>,
): Promise<Talk> {
  return scripted(specimen, turns, async (model, asked) => {
    const problem: unknown = await ask(model).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    return { requests: asked.map(({ path, body }) => ({ path, body })), ...(problem !== undefined && { problem }) }
  })
}

/** The options of both sides, and what tools the provider runs. */
const givenTo = ({ providerOptions, search }: Specimen, { searches }: Scenario, more: object = {}) => ({
  settings: { ...(providerOptions && { providerOptions }), ...more },
  tools: searches && search ? { web_search: search() } : undefined,
})

export async function theirs(
  specimen: Specimen,
  scenario: Scenario,
  stream: boolean,
  settings?: object,
): Promise<Talk> {
  const tool = await toolForm()
  const heard = { ...scenario, turns: scenario.theirTurns ?? scenario.turns }
  return recorded(specimen, heard, (model) =>
    askTheirs(specimen, model, scenario, { stream, tool, ...givenTo(specimen, scenario, settings) }),
  )
}

export async function ours(specimen: Specimen, scenario: Scenario, stream: boolean, settings?: object): Promise<Talk> {
  const given = { stream, ...givenTo(specimen, scenario, settings) }
  return recorded(specimen, scenario, (model) => ourAgent(model, scenario, given).run(ourPrompt(scenario)))
}

/** The same, saved as JSON while the tool runs, and taken up again by another actor. */
export async function oursRestored(specimen: Specimen, scenario: Scenario, stream: boolean): Promise<Talk> {
  const given = { stream, ...givenTo(specimen, scenario) }
  return recorded(specimen, scenario, async (model) => {
    const never = () => new Promise<never>(() => {})
    let called = () => {}
    const running = new Promise<void>((resolve) => (called = resolve))
    const hung = () => {
      called()
      return never()
    }
    const first = ourAgent(model, scenario, { ...given, run: hung }).start(ourPrompt(scenario))
    const ended = toPromise(first)
    await Promise.race([running, ended])
    const saved = JSON.parse(JSON.stringify(first.getPersistedSnapshot()))
    first.stop()
    ended.catch(() => {})
    const { machine } = ourAgent(model, scenario, { ...given, run: () => done(scenario.doing) })
    const second = createActor(machine, { snapshot: saved } as never).start()
    await toPromise(second)
  })
}

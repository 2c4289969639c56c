import { llmCall, type PipelineError, type RunEvent } from 'tinyllm'
import { scripted } from './scripted.ts'
import type { Specimen } from './models.ts'
import type { Turn } from './servers/turn.ts'

/** What a run told: the events that a leaf may name itself are unwrapped. */
export type Heard = { readonly type: string; readonly [field: string]: any }
export type Told = { readonly events: readonly Heard[]; readonly output?: unknown; readonly error?: PipelineError }

/** One call of a model whose server says this turn. */
export const tellOf = (specimen: Specimen, turn: Turn, settings: { stream: boolean; [setting: string]: unknown }) =>
  scripted(specimen, [turn], (model) => {
    const chat = llmCall({ name: 'chat', model, ...settings } as { name: 'chat'; model: typeof model })
    return allOf(chat.stream('Do I need an umbrella in Oslo?'))
  })

export async function allOf(run: AsyncIterable<RunEvent<unknown>>): Promise<Told> {
  const events: Heard[] = []
  for await (const event of run) {
    if (event.type === 'output') return { events, output: event.output }
    if (event.type === 'error') return { events, error: event.error }
    events.push(event.type === 'event' ? event.event : event)
  }
  return { events }
}

export const ofType = ({ events }: Told, type: string): Heard[] => events.filter((event) => event.type === type)

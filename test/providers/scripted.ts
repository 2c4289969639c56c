import type { LanguageModel } from 'tinyllm/ai-sdk'
import type { Specimen } from './models.ts'
import { type Asked, serve } from './servers/http.ts'
import type { Turn } from './servers/turn.ts'

/** A server that says these turns, one a request, and a model that asks it. */
export async function scripted<T>(
  { wire, model }: Pick<Specimen, 'wire' | 'model'>,
  turns: readonly Turn[],
  use: (model: LanguageModel, asked: readonly Asked[]) => Promise<T>,
): Promise<T> {
  const server = await serve((asked, place) => {
    const turn = turns[Math.min(place, turns.length - 1)]!
    return wire.wantsStream(asked) ? wire.stream(turn) : wire.whole(turn)
  })
  let ids = 0
  try {
    return await use(
      model(server.url, () => `id_${ids++}`),
      server.asked,
    )
  } finally {
    await server.close()
  }
}

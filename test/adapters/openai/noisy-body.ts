import { dice, type Intended, type Noise, piecesOf } from './noise.ts'

type Json = Record<string, unknown>

/** The body with which a noisy server says what is intended. */
export function bodyOf(answer: Intended, noise: Noise): { text: string; contentType: string | undefined } {
  const isEvents = noise.body === 'events'
  const right = isEvents ? 'text/event-stream' : 'application/json'
  const wrong = isEvents ? 'application/json' : 'text/event-stream'
  const contentType = { right, wrong, none: undefined }[noise.contentType]
  if (isEvents) return { text: eventsOf(chunksOf(answer, noise), noise), contentType }
  const choice = { ...indexOf(noise), ...finishOf(answer, noise), message: wholeMessage(answer, noise) }
  const body = { id: 'x', object: 'chat.completion', choices: choicesOf(choice, noise), ...usageOf(answer, noise) }
  return { text: JSON.stringify(body, null, noise.isPretty ? 2 : undefined), contentType }
}

function eventsOf(chunks: readonly Json[], noise: Noise): string {
  const { lineEnd, dataField, hasBlankLines, hasComments, isPretty } = noise
  const lines = chunks.flatMap((chunk, at) => {
    const noises = hasComments ? [[': ping', 'id: 7', 'event: message', 'retry: 3', 'data: ', ': '][at % 6]!] : []
    // Without blank lines, what is on several lines has no end.
    const text = JSON.stringify(chunk, null, isPretty && hasBlankLines ? 1 : undefined)
    return [...noises, ...text.split('\n').map((line) => dataField + line), ...(hasBlankLines ? [''] : [])]
  })
  if (noise.hasDone || isUnended(noise)) {
    lines.push(`${dataField}[DONE]`, '')
    if (noise.afterDone)
      lines.push(`data: ${JSON.stringify({ choices: [{ delta: { content: 'after the end' } }] })}`, '')
  }
  return lines.map((line) => line + lineEnd).join('')
}

const isUnended = ({ finish }: Noise) => finish === 'missing' || finish === 'empty'

function chunksOf(answer: Intended, noise: Noise): Json[] {
  const roll = dice(noise.seed)
  if (noise.holder === 'whole') {
    const choice = { ...indexOf(noise), ...finishOf(answer, noise), message: wholeMessage(answer, noise) }
    return [{ choices: choicesOf(choice, noise), ...usageOf(answer, noise) }]
  }
  const holder = noise.holder === 'message' && answer.calls.length === 0 ? 'message' : 'delta'
  const deltas = [
    ...piecesOf(answer.reasoning, roll).map((piece) => reasoningOf(piece, noise)),
    ...piecesOf(answer.text, roll).map((piece) => ({ content: contentOf(piece, noise) })),
    ...piecesOf(answer.refusal, roll).map((piece) => refusalOf(piece, noise)),
    ...callDeltas(answer, noise, roll),
  ]
  const isEach = noise.finish === 'each'
  const chunks: Json[] = deltas.map((delta) => ({
    choices: choicesOf(
      { ...indexOf(noise), [holder]: delta, ...(isEach && holder === 'delta' && finishOf(answer, noise)) },
      noise,
    ),
  }))
  for (const filler of noise.fillers) chunks.splice(roll(chunks.length + 1), 0, fillerOf(filler, noise))
  const end: Json = { ...indexOf(noise), delta: {}, ...finishOf(answer, noise) }
  // The whole once more, as some do.
  if (noise.holder === 'both')
    Object.assign(end, { message: wholeMessage(answer, { ...noise, calls: 'tool_calls', input: 'whole' }) })
  chunks.push({ choices: choicesOf(end, noise) })
  if (noise.finish === 'early')
    chunks.push({
      choices: choicesOf({ ...indexOf(noise), delta: { role: 'assistant', content: '' }, finish_reason: null }, noise),
    })
  return withUsage(chunks, answer, noise)
}

function withUsage(chunks: Json[], answer: Intended, noise: Noise): Json[] {
  const last = chunks.length - 1
  if (noise.usage === 'each' && answer.usage) {
    const { prompt_tokens, completion_tokens } = answer.usage
    return chunks.map((chunk, at) => ({
      ...chunk,
      usage: { prompt_tokens, completion_tokens: at === last ? completion_tokens : Math.min(at, completion_tokens) },
    }))
  }
  if (noise.usage === 'withFinish' || noise.usage === 'choice') {
    return [...chunks.slice(0, last), { ...chunks[last], ...usageOf(answer, noise) }]
  }
  return [...chunks, { choices: [], ...usageOf(answer, noise) }]
}

function usageOf({ usage }: Intended, noise: Noise): Json {
  if (!usage) {
    const nulls = { prompt_tokens: null, completion_tokens: null, total_tokens: null }
    return { absent: {}, null: { usage: null }, empty: { usage: {} }, nulls: { usage: nulls } }[noise.noUsage]
  }
  const { prompt_tokens, completion_tokens } = usage
  if (noise.usage === 'x_groq') return { x_groq: { usage } }
  if (noise.usage === 'text')
    return { usage: { prompt_tokens: String(prompt_tokens), completion_tokens: String(completion_tokens) } }
  if (noise.usage === 'partly') return { usage: { prompt_tokens, total_tokens: prompt_tokens + completion_tokens } }
  return { usage }
}

const indexOf = ({ choiceIndex }: Noise): Json => (choiceIndex === undefined ? {} : { index: choiceIndex })

function choicesOf(choice: Json, { choices }: Noise): unknown {
  if (choices === 'object') return { 0: choice }
  if (choices === 'one') return choice
  // One that nobody asked for.
  return choices === 'two' && choice.index !== null ? [choice, { ...choice, index: 7 }] : [choice]
}

export const reasonOf = ({ calls, isLong }: Intended): string =>
  isLong ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop'

function finishOf(answer: Intended, { finish, seed }: Noise): Json {
  const reason = reasonOf(answer)
  const odd = {
    stop: ['end_turn', 'eos', 'STOP_SEQUENCE'],
    tool_calls: ['function_call', 'tool_use', 'TOOL_CALLS'],
    length: ['MAX_TOKENS', 'model_length', 'max_output_tokens'],
  }
  // That it was too long, nobody can know without a word.
  if ((finish === 'missing' || finish === 'empty') && reason !== 'length')
    return finish === 'missing' ? {} : { finish_reason: '' }
  if (finish === 'upper') return { finish_reason: reason.toUpperCase() }
  if (finish === 'odd') return { finish_reason: odd[reason as 'stop'][seed % 3] }
  return { finish_reason: finish === 'stop' && reason === 'tool_calls' ? 'stop' : reason }
}

function contentOf(text: string, { content, seed }: Noise): unknown {
  const half = [...text].length >> 1
  const [one, other] = [[...text].slice(0, half).join(''), [...text].slice(half).join('')]
  if (content === 'parts')
    return [
      { type: 'text', text: one },
      { type: 'text', text: other },
    ]
  if (content === 'texts') return [one, other]
  if (content === 'output_text')
    return [
      { type: 'output_text', text: one, annotations: [] },
      { type: 'text', text: { value: other } },
    ]
  if (content === 'type only') return [{ text: one }, { type: 'text', text: other }]
  if (content === 'one part') return { type: 'text', text }
  return seed % 2 === 0 && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : text
}

function reasoningOf(text: string, { reasoning }: Noise): Json {
  if (reasoning === 'twice') return { reasoning: text, reasoning_content: text }
  if (reasoning === 'details')
    return { reasoning: text, reasoning_details: [{ type: 'reasoning.text', index: 0, text }] }
  if (reasoning === 'summary') return { reasoning_details: [{ type: 'reasoning.summary', index: 0, summary: text }] }
  if (reasoning === 'thinking') return { content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] }
  if (reasoning === 'parts') return { content: [{ type: 'reasoning', text }] }
  return { [reasoning]: text }
}

const refusalOf = (refusal: string, noise: Noise): Json =>
  noise.refusal === 'field' ? { refusal } : { content: [{ type: 'refusal', refusal }] }

function wholeMessage(answer: Intended, noise: Noise): Json {
  const thought = answer.reasoning ? reasoningOf(answer.reasoning, noise) : {}
  const refused = answer.refusal ? refusalOf(answer.refusal, noise) : {}
  const parts = [thought.content, answer.text ? contentOf(answer.text, noise) : undefined, refused.content].filter(
    (part) => part !== undefined,
  )
  const content =
    parts.length > 1 ? parts.flatMap((part) => (typeof part === 'number' ? [String(part)] : part)) : (parts[0] ?? null)
  const calls = answer.calls.map(({ name, input }, at) => wholeCall(name, input, at, noise))
  return {
    role: 'assistant',
    ...thought,
    ...refused,
    content,
    ...(calls.length > 0 ? callsAs(calls, noise) : { tool_calls: null }),
  }
}

function wholeCall(name: string, input: object, at: number, noise: Noise): Json {
  const text =
    noise.input === 'object'
      ? input
      : noise.input === 'double'
        ? JSON.stringify(JSON.stringify(input))
        : JSON.stringify(input)
  const id = noise.id === 'none' ? {} : { id: idOf(at, noise) }
  if (noise.calls === 'custom') return { ...id, type: 'custom', custom: { name, input: text } }
  if (noise.calls === 'flat') return { ...id, name, arguments: text }
  return { ...id, type: 'function', function: { name, arguments: text } }
}

function callsAs(calls: Json[], noise: Noise): Json {
  if (noise.calls === 'function_call') return { function_call: calls[0]!.function }
  if (noise.calls === 'keys') return { tool_calls: Object.fromEntries(calls.map((call, at) => [at, call])) }
  return { tool_calls: calls.length === 1 && !noise.callsAsList ? calls[0] : calls }
}

export const idOf = (at: number, { id }: Noise): string => (id === 'same' ? 'call' : `call_${'abc'[at]}`)

/** The pieces of each call, in an order. */
function callDeltas({ calls }: Intended, noise: Noise, roll: (below: number) => number): Json[] {
  const all = calls.map(({ name, input }, at) => callPieces(name, input, at, noise, roll))
  if (noise.order === 'oneChunk' && all.length > 0) return [callsAs(all.flat(), { ...noise, callsAsList: true })]
  if (noise.order === 'interleaved') {
    const longest = Math.max(0, ...all.map((pieces) => pieces.length))
    const turns = Array.from({ length: longest }, (_, turn) => all.flatMap((pieces) => pieces.slice(turn, turn + 1)))
    return turns.flat().map((piece) => callsAs([piece], noise))
  }
  return all.flat().map((piece) => callsAs([piece], noise))
}

function callPieces(name: string, input: object, at: number, noise: Noise, roll: (below: number) => number): Json[] {
  const text = JSON.stringify(input)
  const texts: unknown[] = {
    pieces: () => piecesOf(text, roll),
    whole: () => [text],
    object: () => [input],
    double: () => [JSON.stringify(text)],
    again: () => [...piecesOf(text, roll), text],
    filler: () => (text === '{}' ? [text] : [{}, ...piecesOf(text, roll)]),
  }[noise.input]()
  const cut = 1 + roll(Math.max(name.length - 1, 1))
  const inTwo = [name.slice(0, cut), name.slice(cut)].filter(Boolean)
  const pieces: { name?: string; text?: unknown }[] = texts.map((piece) => ({ text: piece }))
  if (noise.name === 'first') pieces[0]!.name = name
  if (noise.name === 'each') for (const piece of pieces) piece.name = name
  if (noise.name === 'pieces') pieces.unshift(...inTwo.map((part) => ({ name: part, text: null })))
  if (noise.name === 'after') pieces.push({ name })
  if (noise.name === 'afterInPieces') pieces.push(...inTwo.map((part) => ({ name: part })))
  return pieces.map((piece, nth) => pieceOf(piece, at, nth, noise))
}

function pieceOf({ name, text }: { name?: string; text?: unknown }, at: number, nth: number, noise: Noise): Json {
  const index: unknown = {
    normal: at,
    from1: at + 1,
    gaps: at * 3 + 2,
    missing: undefined,
    text: String(at),
    null: null,
    negative: -1,
    zero: 0,
    wandering: nth,
  }[noise.index]
  const hasId = noise.id !== 'none' && (noise.id !== 'first' || nth === 0)
  const called = { ...(name !== undefined && { name }), ...(text !== undefined && { arguments: text }) }
  const place = { ...(index !== undefined && { index }), ...(hasId && { id: idOf(at, noise) }) }
  if (noise.calls === 'custom')
    return {
      ...place,
      type: 'custom',
      custom: { ...(name !== undefined && { name }), ...(text !== undefined && { input: text }) },
    }
  return noise.calls === 'flat' && (name || text)
    ? { ...place, ...called }
    : { ...place, type: 'function', function: called }
}

function fillerOf(filler: Noise['fillers'][number], noise: Noise): Json {
  const index = indexOf(noise)
  const delta = (given: unknown): Json => ({ choices: [{ ...index, delta: given, finish_reason: null }] })
  const nulls = {
    role: null,
    content: null,
    refusal: null,
    tool_calls: null,
    function_call: null,
    reasoning: null,
    reasoning_content: null,
  }
  return {
    role: () => delta({ role: 'assistant' }),
    null: () => delta(null),
    empty: () => ({ choices: [{ ...index }] }),
    noChoices: () => ({ choices: [], usage: null }),
    nulls: () => delta(nulls),
    noCalls: () => delta({ tool_calls: {}, reasoning: '' }),
    emptyText: () => delta({ content: '', reasoning_content: '', refusal: '', tool_calls: [] }),
    noError: () => ({ error: null, choices: null }),
  }[filler]()
}

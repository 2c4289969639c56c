import { nextMacrotask, yieldToEventLoop } from '../../border/event-loop.ts'
import { attempt } from '../../border/shape.ts'
import type { RunContext } from '../../types.ts'
import { cutOffError } from '../failure/cut-off-error.ts'
import { ModelError } from '../failure/model-error.ts'
import { interruptedStream } from '../failure/annotate-error.ts'
import {
  type GenerateResult,
  toProviderResponse,
  type AnsweringModel,
  emitPart,
  streamPartError,
} from './generate-result.ts'
import type { ContentPart } from '../provider-parts.ts'
import type { TimedRequest } from '../request-timeout.ts'
import type { ProviderResponse } from '../provider.ts'

/** A stream part of specification 2, 3 or 4; only the fields that are read here. */
export type StreamPart = ContentPart & {
  readonly id?: string
  readonly modelId?: string
  readonly delta?: string
  readonly error?: unknown
  readonly finishReason?: GenerateResult['finishReason']
  readonly usage?: GenerateResult['usage']
  readonly warnings?: readonly unknown[]
}
type StreamContext = TimedRequest & { emit: RunContext['emit'] }
type WritablePart = { -readonly [K in keyof ContentPart]: ContentPart[K] }

/**
 * Reads a stream into the same content as a result of `doGenerate`. Some packages send a finish part without a reason
 * after a broken connection; this is a `cut_off`.
 */
export async function readStream(
  parts: ReadableStream<StreamPart>,
  { signal, emit, onActivity }: StreamContext,
  speaker: AnsweringModel,
  headers: unknown,
): Promise<ProviderResponse> {
  const content: WritablePart[] = []
  const open = new Map<string, WritablePart>()
  const names = new Map<string, string>()
  let warnings: readonly unknown[] = []
  let response: { id?: string; modelId?: string } = {}

  /** An error for a response that is not a stream, if nothing was received. */
  const sentInstead = () => (content.length === 0 ? notAStream(headers) : undefined)
  const begin = ({ type, id = '', providerMetadata }: StreamPart): WritablePart => {
    const part: WritablePart = {
      type: partKind(type),
      text: '',
      ...(providerMetadata !== undefined && { providerMetadata }),
    }
    content.push(part)
    open.set(partKey(type, id), part)
    return part
  }
  /** Some providers send no start before the first delta; the last metadata of a part applies to all of it. */
  const grow = (piece: StreamPart): void => {
    const { type, id = '', delta = '', providerMetadata } = piece
    const part = open.get(partKey(type, id)) ?? begin(piece)
    part.text = `${part.text ?? ''}${delta}`
    if (providerMetadata !== undefined) part.providerMetadata = providerMetadata
    if (type.endsWith('-end')) open.delete(partKey(type, id))
  }

  for await (const part of readParts(parts, signal)) {
    const { type, id = '', delta = '' } = part
    onActivity(delta !== '' || type === 'tool-call')
    switch (type) {
      case 'stream-start':
        warnings = part.warnings ?? []
        break
      case 'response-metadata':
        response = { ...response, ...('id' in part && { id }), ...(part.modelId && { modelId: part.modelId }) }
        break
      case 'text-start':
      case 'reasoning-start':
        begin(part)
        break
      case 'text-end':
      case 'reasoning-end':
        if (open.has(partKey(type, id))) grow(part)
        break
      case 'text-delta':
        grow(part)
        if (delta) emit({ type: 'token', delta })
        break
      case 'reasoning-delta':
        grow(part)
        if (delta) emit({ type: 'reasoning', delta })
        break
      case 'tool-input-start':
        names.set(id, part.toolName ?? '')
        break
      case 'tool-input-delta':
        if (delta) emit({ type: 'tool_call_delta', id, name: names.get(id), delta })
        break
      case 'error':
        throw sentInstead() ?? streamPartError(part.error)
      case 'finish': {
        const { finishReason, usage, providerMetadata } = part
        if (isUnknownFinish(finishReason)) break
        const whole = { content, finishReason, usage, providerMetadata, response: { ...response, headers }, warnings }
        return toProviderResponse(whole, speaker)
      }
      default:
        if (CONTENT_TYPES.has(type)) {
          content.push(part)
          emitPart(part, emit)
        }
    }
  }
  throw sentInstead() ?? cutOffError()
}

/** Some servers and proxies respond with a status of success and no stream. */
function notAStream(headers: unknown): ModelError | undefined {
  const [, type] = Object.entries(Object(headers)).find(([name]) => /^content-type$/i.test(name)) ?? []
  if (/html/i.test(String(type))) {
    return new ModelError('no_answer', 'the server returned an HTML page. Check baseURL')
  }
  if (!/^application\/json\b/i.test(String(type))) return undefined
  return new ModelError(
    'no_answer',
    'the server returned a JSON document, not a stream. It may contain an error: run without stream: true to see it',
  )
}

const CONTENT_TYPES = new Set(['tool-call', 'tool-result', 'file', 'source', 'custom', 'reasoning-file'])
const partKind = (type: string): string => type.slice(0, type.indexOf('-'))
const partKey = (type: string, id: string): string => `${partKind(type)} ${id}`

/** In some browsers a stream is not an async iterable. Breaking out of the loop cancels the stream. */
async function* readParts<T>(stream: ReadableStream<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  const reader = stream.getReader()
  // In the next turn: a stream whose request is aborted ends by itself. Canceling it at the same time would cause unhandled
  // rejections in some packages. A stream that ignores the abort is canceled.
  const cancel = () => nextMacrotask(() => void attempt(() => reader.cancel().catch(() => {})))
  signal.addEventListener('abort', cancel, { once: true })
  try {
    for (;;) {
      // Also stops if the abort came during the last chunk.
      signal.throwIfAborted()
      const { done, value } = await reader.read().catch((thrown: unknown) => {
        throw signal.aborted ? thrown : interruptedStream(thrown)
      })
      await yieldToEventLoop()
      signal.throwIfAborted()
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

const isUnknownFinish = (finish: GenerateResult['finishReason']): boolean =>
  typeof finish === 'object' && finish !== null
    ? finish.unified === 'other' && finish.raw === undefined
    : finish === undefined || finish === null || finish === 'unknown'

import { type ChatMessage, fn, type JsonSchema, type PipelineError, type RunEvent } from 'tinyllm'
import { expectTypeOf, test } from 'vitest'

const count = fn({ name: 'count', run: (text: string) => text.length })

test('a switch on the type narrows each event of a stream, and is seen to be exhaustive', async () => {
  for await (const event of count.stream('x')) {
    expectTypeOf(event).toEqualTypeOf<RunEvent<number>>()
    switch (event.type) {
      case 'state':
        expectTypeOf(event.attempt).toEqualTypeOf<number>()
        break
      case 'token':
      case 'reasoning':
        expectTypeOf(event.delta).toEqualTypeOf<string>()
        break
      case 'usage':
        expectTypeOf(event.inputTokens).toEqualTypeOf<number>()
        break
      case 'finish':
        expectTypeOf(event.reason).toEqualTypeOf<string>()
        break
      case 'progress':
        expectTypeOf(event.path).toEqualTypeOf<string>()
        expectTypeOf(event['percent']).toEqualTypeOf<unknown>()
        expectTypeOf(event.callId).toEqualTypeOf<string | undefined>()
        expectTypeOf(event.turn).toEqualTypeOf<number | undefined>()
        break
      case 'message':
        expectTypeOf(event.turn).toEqualTypeOf<number>()
        expectTypeOf(event.message).toEqualTypeOf<ChatMessage>()
        break
      case 'toolCall':
        expectTypeOf(event.arguments).toEqualTypeOf<string>()
        expectTypeOf(event.name).toEqualTypeOf<string>()
        expectTypeOf(event.input).toEqualTypeOf<unknown>()
        expectTypeOf(event.callId).toEqualTypeOf<string>()
        break
      case 'toolResult':
        expectTypeOf(event.success).toEqualTypeOf<boolean>()
        expectTypeOf(event.content).toEqualTypeOf<unknown>()
        expectTypeOf(event.callId).toEqualTypeOf<string>()
        // @ts-expect-error -- the call has its id under callId
        expectTypeOf(event.id).toEqualTypeOf<unknown>()
        break
      case 'approvalRequested':
        expectTypeOf(event.callId).toEqualTypeOf<string>()
        expectTypeOf(event.turn).toEqualTypeOf<number>()
        break
      case 'waiting':
        expectTypeOf(event.path).toEqualTypeOf<string>()
        expectTypeOf(event.events).toEqualTypeOf<Readonly<Record<string, JsonSchema>>>()
        break
      case 'refused':
        expectTypeOf(event.path).toEqualTypeOf<string | undefined>()
        expectTypeOf(event.event.type).toEqualTypeOf<string>()
        expectTypeOf(event.reason).toEqualTypeOf<string>()
        break
      case 'event':
        expectTypeOf(event.event.type).toEqualTypeOf<string>()
        break
      case 'output':
        expectTypeOf(event.output).toEqualTypeOf<number>()
        break
      case 'error':
        expectTypeOf(event.error).toExtend<PipelineError>()
        break
      default:
        event satisfies never
    }
  }
})

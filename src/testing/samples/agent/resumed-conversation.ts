import type { Definition } from '../../../analysis/definition.ts'
import { tryValidate } from '../../../analysis/schema/validate.ts'

/** A conversation whose last message has a tool call without a result. */
export const RESUMED_CONVERSATION = {
  messages: [
    { role: 'user', content: 'text' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'given', type: 'function', function: { name: 'unknown', arguments: '{}' } }],
    },
  ],
  resume: true,
}

/** Whether an agent accepts such a conversation, and makes the tool call. */
export function resumes({ node: { input } }: Definition): boolean {
  const result = input && tryValidate(input, RESUMED_CONVERSATION)
  return result !== undefined && 'value' in result && (Object(result.value) as { resume?: unknown }).resume === true
}

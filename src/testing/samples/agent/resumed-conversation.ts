/** A conversation with a call that was not answered, and that an agent is to make. */
export const RESUMING = {
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

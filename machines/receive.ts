// Waits for an event from outside: a person, a webhook, another actor.
//
// The chart:
//   starting
//   validatingInput
//   running            takes APPROVE and REJECT, and nothing else; its tag is `waiting`
//   validatingOutput
//   complete           with the event and its checked payload
//   failed             with a `timeout`, when nobody answers in time
import { receive } from 'tinyllm'
import { z } from 'zod'

export const approval = receive({
  name: 'approval',
  events: { APPROVE: z.object({ by: z.string() }), REJECT: z.object({ reason: z.string() }) },
  timeout: 7 * 24 * 60 * 60 * 1000, // a week; a deadline that a restart does not put off
})

import type { Rule } from '../rule.ts'
import { isTimeLimited } from '../timeouts.ts'

/** A `receive` without a timeout. */
export const receiveForever: Rule = ({ definitions }) =>
  definitions.flatMap((definition) => {
    const { path, displayName, node } = definition
    const { events, prompt } = node.facts ?? {}
    if (!events || prompt || isTimeLimited(definition)) return []
    const message = `${displayName} waits for ${Object.keys(events).join(' or ')}, and if none comes it waits forever.`
    const remedy = 'Give it, or something around it, a timeout (in ms); a fallback can say what to do then.'
    return [{ code: 'receive-forever', severity: 'warning', path, message, remedy }]
  })

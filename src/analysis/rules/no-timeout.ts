import { callsModel } from '../definition.ts'
import type { Finding } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { isTimeLimited } from '../timeouts.ts'

const remedy = 'Give it, or something around it, a timeout (in ms).'

/** A leaf without a timeout that calls a model (warning) or is asynchronous (info). */
export const noTimeout: Rule = ({ definitions }) =>
  definitions.flatMap((definition): Finding[] => {
    const { path, displayName, node } = definition
    const { run, events, prompt } = node.facts ?? {}
    if (!run || events || prompt || isTimeLimited(definition)) return []
    if (callsModel(definition)) {
      const message = `${displayName} calls a model without a timeout, and a call that hangs would hang the run.`
      return [{ code: 'no-timeout', severity: 'warning', path, message, remedy }]
    }
    if (run.constructor.name !== 'AsyncFunction') return []
    const message = `${displayName} is asynchronous and has no timeout: if what it waits for never comes, the run hangs.`
    return [{ code: 'no-timeout', severity: 'info', path, message, remedy }]
  })

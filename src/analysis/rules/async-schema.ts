import type { Rule } from '../rule.ts'

/** A schema validates asynchronously, which rejects every value. */
export const asyncSchema: Rule = ({ dataFlow }) =>
  dataFlow.flatMap((event) => {
    if (event.type !== 'no-sample' || !event.issue.includes('asynchronous')) return []
    const { path, displayName } = event.definition
    const message = `A schema of ${displayName} is asynchronous, and validation is synchronous: it would reject every value.`
    return [{ code: 'async-schema', severity: 'error', path, message, remedy: 'Move the asynchronous check into run.' }]
  })

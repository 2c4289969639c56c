import type { Definition } from '../definition.ts'

/** Whether the calls of a tool may wait for the word of a person; `act` is where they are made. */
export function mayNeedApproval(act: Definition | undefined, tool: string): boolean {
  const asks = act?.node.facts?.calling?.asks(tool) ?? []
  return asks === true || asks.length > 0
}

/** The beginning of the name of the guard that lets a step of a flow run: `answer#isNeeded:search` for the step `search`. */
export const stepGuard = (flow: string): string => `${flow}#isNeeded:`

/** The beginning of the names of the guards that end a flow early. */
export const endGuard = (flow: string): string => `${flow}#isOver:`

import { ModelError } from './model-error.ts'

/** For an answer that did not end. */
export const cutOffError = (cause?: unknown): ModelError =>
  new ModelError(
    'cut_off',
    'the connection ended before the answer was complete (no finish reason was received). Run it again, or set retry: { attempts: 3 }',
    cause === undefined ? undefined : { cause },
  )

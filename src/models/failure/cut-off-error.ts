import { ModelError } from './model-error.ts'

/** Of an answer that never came to its end. */
export const cutOffError = (cause?: unknown): ModelError =>
  new ModelError(
    'cut_off',
    'the connection ended before the answer did (no finish reason came). Run it again, or set retry: { attempts: 3 }',
    cause === undefined ? undefined : { cause },
  )

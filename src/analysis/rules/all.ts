import { asyncSchema } from './async-schema.ts'
import { backoffUnbounded } from './backoff-unbounded.ts'
import { choiceNever } from './choice-never.ts'
import { choiceUnknown } from './choice-unknown.ts'
import { eventAmbiguous } from './event-ambiguous.ts'
import { eventUnreachable } from './event-unreachable.ts'
import { loopUnbounded } from './loop-unbounded.ts'
import { missingField } from './missing-field.ts'
import { mismatch } from './mismatch.ts'
import { neverMet } from './never-met.ts'
import { noJsonSchema } from './no-json-schema.ts'
import { noTimeout } from './no-timeout.ts'
import { notJson } from './not-json.ts'
import { notStrict } from './not-strict.ts'
import { placeholderUnfilled } from './placeholder-unfilled.ts'
import { receiveForever } from './receive-forever.ts'
import { retryCut } from './retry-cut.ts'
import { retryUncapped } from './retry-uncapped.ts'
import { timeoutNever } from './timeout-never.ts'
import { unreachableCase } from './unreachable-case.ts'
import { unreachableFallback } from './unreachable-fallback.ts'
import { unreachableState } from './unreachable-state.ts'
import type { Rule } from '../rule.ts'

/** Findings of one severity are in this order. */
export const rules: readonly Rule[] = [
  unreachableFallback,
  unreachableCase,
  unreachableState,
  eventUnreachable,
  eventAmbiguous,
  choiceNever,
  choiceUnknown,
  missingField,
  mismatch,
  placeholderUnfilled,
  asyncSchema,
  notJson,
  neverMet,
  notStrict,
  noJsonSchema,
  receiveForever,
  noTimeout,
  timeoutNever,
  retryCut,
  retryUncapped,
  backoffUnbounded,
  loopUnbounded,
]

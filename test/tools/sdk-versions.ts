import { existsSync } from 'node:fs'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import OpenAI from 'openai'
import { createOpenAICompatible as createVersion2 } from 'openai-compatible1'
import { root } from './repository.ts'

// The newest versions require Node 22: at the root, npm would print warnings on Node 20. They are installed in
// test/providers, by .ci/run only; test/providers/installed.test.ts fails on a build server where they are missing.
type Newest = { readonly createVersion4: typeof createOpenAICompatible; readonly OpenAI7: typeof OpenAI }
// Not a literal: the type check of the repository must not follow it to packages that may not be installed.
const file = new URL('../providers/newest.ts', import.meta.url).href
const newest: Newest | undefined = existsSync(`${root}test/providers/node_modules`) ? await import(file) : undefined

type Specification = 'v2' | 'v3' | 'v4'
type Versions<Version, T> = readonly (readonly [version: Version, value: T])[]

/** `createOpenAICompatible`, by the specification of its models, in each version that is installed. */
export const compatibleProviders: Versions<Specification, typeof createOpenAICompatible> = [
  ['v2', createVersion2 as unknown as typeof createOpenAICompatible],
  ['v3', createOpenAICompatible],
  ...(newest ? [['v4', newest.createVersion4] as const] : []),
]

/** The client of OpenAI's SDK, by its major version, in each version that is installed. */
export const openAIClients: Versions<6 | 7, typeof OpenAI> = [
  [6, OpenAI],
  ...(newest ? [[7, newest.OpenAI7] as const] : []),
]

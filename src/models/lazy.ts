/**
 * Loaded by `import()`, when a model of the AI SDK is called for the first time, or when a model fails. It is one file,
 * because a bundler splits what several lazy files share with the core into more chunks.
 */
export { annotateError } from './failure/annotate-error.ts'
export { languageModelCaller } from './language/language-provider.ts'

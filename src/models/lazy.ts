/**
 * What is needed only once a model of the AI SDK is asked, or a model fails: the core loads it then. It is one file, because
 * each more that is loaded alone divides, in a bundle, what they share with the core into more chunks.
 */
export { annotateError } from './failure/annotate-error.ts'
export { languageModelCaller } from './language/language-provider.ts'

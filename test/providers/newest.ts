// For test/tools/sdk-versions.ts, which imports it where the packages of this folder are installed.
export { createOpenAICompatible as createVersion4 } from 'ai-sdk7-openai-compatible'
export { OpenAI as OpenAI7 } from 'openai7'

/** The environment variables of API keys, by provider name. */
const API_KEY_VARIABLES: Readonly<Record<string, string>> = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  mistral: 'MISTRAL_API_KEY',
  groq: 'GROQ_API_KEY',
  deepseek: 'DEEPSEEK_API_KEY',
  cohere: 'COHERE_API_KEY',
  azure: 'AZURE_API_KEY',
  'azure-openai': 'AZURE_API_KEY',
  openrouter: 'OPENROUTER_API_KEY',
  'amazon-bedrock': 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  bedrock: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  vertex: 'GOOGLE_APPLICATION_CREDENTIALS',
  xai: 'XAI_API_KEY',
  perplexity: 'PERPLEXITY_API_KEY',
  togetherai: 'TOGETHER_API_KEY',
  fireworks: 'FIREWORKS_API_KEY',
  cerebras: 'CEREBRAS_API_KEY',
  deepinfra: 'DEEPINFRA_API_KEY',
  gateway: 'AI_GATEWAY_API_KEY',
}

/** The variable to set if a key is rejected. */
export const apiKeyVariable = (provider: string | undefined): string =>
  (provider !== undefined && Object.hasOwn(API_KEY_VARIABLES, provider) && API_KEY_VARIABLES[provider]) || 'the API key'

/** The provider's name in the `provider` of an AI SDK model: `anthropic` for `anthropic.messages`. */
export function providerName(provider: unknown): string | undefined {
  if (typeof provider !== 'string' || provider === '') return undefined
  return provider.startsWith('google.vertex') ? 'vertex' : provider.split('.')[0]
}

import { define } from '../define.ts'
import { modelRetry } from '../models/failure/model-error.ts'
import {
  type CallSettings,
  checkLanguageModel,
  checkSettings,
  isLanguageModel,
  type LanguageModel,
  type ProviderTool,
  CALL_SETTINGS,
  splitTools,
} from '../models/language/language-model.ts'
import { type ModelCall, modelCall } from '../models/model-call.ts'
import type { ContextualLiterals, ContextualMessages } from '../models/contextual-types.ts'
import type { PossiblyAssignable } from '../models/possibly-assignable.ts'
import type { AcceptedInput } from '../models/accepted-input.ts'
import { modelFunctionCall } from '../models/model-function-call.ts'
import type { StreamTimeouts } from '../models/stream-timeouts.ts'
import { type Prompt, promptSchema } from '../models/prompt.ts'
import type { ProviderCallOptions } from '../models/provider.ts'
import { formatValue } from '../border/format-value.ts'
import { checkFactory } from '../border/options.ts'
import { requiresToolCall, type Tool, type ToolAnswer, type ToolCallOf, type Tools } from '../models/tools.ts'
import type { Answers } from './slot.ts'
import type {
  CancelEvent,
  Certainly,
  Described,
  Fn,
  IsA,
  Model,
  Policy,
  SchemaInput,
  SchemaOutput,
  StandardSchema,
  ToolSpec,
} from '../types.ts'
import { type OpaqueNoInfer, leaf, type Seeing } from './function.ts'

/** Tools that the model may call, and those that its provider runs itself. */
type AnyTools = Readonly<Record<string, Tool | ProviderTool>> | readonly ToolSpec[]
/** A message that may have calls; if the provider runs all tools itself there are none, and the output is the text. */
type ToolOutput<T, Text> = [ToolCallOf<T>] extends [never] ? Text : ToolAnswer<T>

/** What the compiler shows at a model whose answers the schema never accepts. */
export interface AnswerMismatch<Message extends string, Details> {
  readonly '~error': [Message, Details]
}
/** Values that are not objects are requested inside a wrapper object. */
type Wrapped<T> = T | { elements: T } | { result: T }
/** The answer of a model object is unknown, and a text may contain JSON; any other type must fit the schema at least in part. */
type Answering<R, SO, A extends Answers> = Certainly<
  IsStream<R, A>,
  A['yes'],
  AnswerMismatch<'a model returns its whole answer: send the pieces by ctx.emit, and return all at the end', R>,
  [SO] extends [never]
    ? OwnModel<R>
    : PossiblyAssignable<R, string | Wrapped<AcceptedInput<SO>>> extends false
      ? AnswerMismatch<'output never takes what the model returns', { received: R; expected: SchemaInput<SO> }>
      : OwnModel<R>
>
/** A generator, or the stream of an SDK; neither `any` nor `never`. */
type IsStream<R, A extends Answers> = IsA<
  R,
  never,
  A['no'],
  IsA<unknown, R, A['no'], IsA<R, AsyncIterable<unknown> | Iterator<unknown, unknown, never>, A['yes'], A['no']>>
>
type OwnModel<R> = Model<R> | LanguageModel
type ModelKnown<R, SO, A extends Answers = Answers> = { model: Answering<R, SO, A>; output?: SO | undefined }
/** Before the result of the model is inferred, and for a model object always. */
type ModelInferring<SO> =
  | { output?: undefined; model: OwnModel<ContextualMessages> }
  | { output: [SO] extends [never] ? StandardSchema : SO; model: OwnModel<ContextualLiterals> }

/** The options of `llmCall` except its model; call settings are for a model of the AI SDK. */
export interface LlmCallConfig<N extends string, T> extends Policy, CallSettings {
  name: N
  /**
   * Tools that the model may call; the output is then a message, `{ content, tool_calls }`. Tools of the AI SDK that the
   * provider runs itself (`{ search: anthropic.tools.webSearch_20250305() }`) are listed with them, by name.
   */
  tools?: T | undefined
}

/**
 * A call of a model: one of the Vercel AI SDK (`openai('gpt-4o')`, `anthropic('…')`, any provider), or a function
 * `async (messages, ctx, request) => …`. Returns the text (or the result of the function), the output of the schema
 * `output`, or with `tools` a message. `request` has the messages, `tools`, `toolChoice`, the JSON `schema` of the answer
 * and settings. A function reports tokens with `ctx.emit({ type: 'token', delta })` and usage with
 * `ctx.emit({ type: 'usage', inputTokens, outputTokens })`; for an AI SDK model they are emitted automatically, and `retry`
 * repeats only transient errors. `output` is requested by its JSON Schema; a list is wrapped in `{ elements }`, any other
 * value that is not an object in `{ result }`. Fails with `run`; `cause` is the provider's `APICallError` or a `ModelError`.
 *
 * @example
 * const answer = llmCall({ name: 'answer', model: anthropic('claude-sonnet-4-5'), maxOutputTokens: 500 })
 * const own = llmCall({ name: 'own', model: async (messages, { signal }, { tools }) => ask(messages, tools, signal) })
 */
// `R` has a default, not a constraint: nothing is inferred for it from a model object, and the output is then text.
export function llmCall<
  const N extends string,
  R = never,
  SO extends StandardSchema = never,
  const T extends AnyTools = never,
  D extends string = never,
  Seen = never,
>(
  config: LlmCallConfig<N, T> & { description?: D | undefined; model: Seeing<Seen> } & ([Seen] extends [never]
      ? ModelInferring<SO>
      : ModelKnown<R, SO>),
): Fn<
  Prompt,
  ToolOutput<T, [SO] extends [never] ? ([R] extends [never] ? string : OpaqueNoInfer<R>) : SchemaOutput<SO>>,
  N,
  CancelEvent
> &
  Described<D, Prompt, string> {
  checkFactory('llmCall', config, ['model', 'output', 'tools', ...CALL_SETTINGS])
  const { name, model, output, tools, retry, timeout, limit, description, tags, meta, verbose, ...settings } =
    config as unknown as LlmCallConfig<string, Tools> & { model: Model<unknown>; output?: StandardSchema }
  const owner = `llmCall ${String(name)}`
  const object = isLanguageModel(model) ? model : undefined
  if (object) checkLanguageModel(owner, object)
  else if (typeof model !== 'function') {
    throw new TypeError(
      `${owner}: model is ${formatValue(model)}, not a model. Give a model object of the AI SDK, or async (messages, ctx) => text${typeof model === 'string' ? `; for a model of OpenAI by its name, use openAIChat({ name: ${formatValue(name)}, model: ${formatValue(model)} })` : ''}.`,
    )
  }
  checkSettings(owner, settings)
  const { prices = {}, firstTokenTimeout, idleTimeout, ...others } = settings
  const call = object
    ? languageCall(
        owner,
        object,
        { name, output, tools, settings: others },
        { timeouts: { firstTokenTimeout, idleTimeout }, prices },
      )
    : modelFunctionCall(owner, model as Model<unknown>, { output, tools, settings: others })

  const node = leaf('llmCall', {
    name,
    input: promptSchema as StandardSchema,
    run: call.run,
    output: call.output,
    retry: modelRetry(retry, !object),
    timeout,
    ...(limit && { limit }),
    description,
    tags,
    meta: object ? { ...meta, model: object.modelId } : meta,
    verbose,
  })
  return define({
    ...node,
    takesFeedback: true,
    exposes: { ask: call.ask },
    facts: { ...node.facts, takesSchema: object !== undefined, isForced: requiresToolCall(settings.toolChoice) },
  }) as never
}

type LanguageCallOptions = {
  name: string
  output: StandardSchema | undefined
  tools: Tools | undefined
  settings: Omit<CallSettings, 'prices' | keyof StreamTimeouts>
}

/** A call of a model object of the AI SDK, whose code is loaded on demand: many pipelines have no such model. */
function languageCall(
  owner: string,
  model: LanguageModel,
  { name, output, tools, settings }: LanguageCallOptions,
  callOptions: ProviderCallOptions,
): ModelCall {
  const { own, asked } = splitTools(tools)
  return modelCall(owner, { name, output, tools: asked, scalars: 'wrapped' }, async () => {
    const { languageModelCaller } = await import('../models/lazy.ts')
    return languageModelCaller(model, settings, callOptions, own)
  })
}

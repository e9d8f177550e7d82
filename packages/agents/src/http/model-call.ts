import {
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  streamText,
  type TextStreamPart,
  type ToolSet,
  tool,
} from 'ai'
import { z } from 'zod'
import type { AskedCall, ModelAnswer } from './model-answer.ts'
import type { CallUsage } from './model-price.ts'
import type { WorkspaceTool } from './tools/workspace-tool.ts'

/** One call of a model. */
export interface ModelCall {
  readonly model: LanguageModel
  readonly instructions: string
  readonly messages: readonly ModelMessage[]
  readonly tools: readonly WorkspaceTool[]
  readonly maxOutputTokens: number
  readonly signal: AbortSignal
  /** Something came; its size in characters. May throw, which ends the call. */
  readonly onPiece: (characters: number) => void
}

/** An answer came to its end, but is none: it was cut at a limit, filtered, or is empty. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError'
  readonly isRetryable: boolean

  constructor(reason: string, isRetryable: boolean) {
    super(reason)
    this.isRetryable = isRetryable
  }
}

/**
 * Calls a model once and reads its answer as it comes. Only a whole answer is given back, and no tool is used before: a call
 * that breaks off has changed nothing.
 *
 * @throws The abort reason; what the SDK says of an error; AnswerError.
 */
export async function callModel(call: ModelCall): Promise<ModelAnswer> {
  const ended = new AbortController()
  const result = streamText({
    model: call.model,
    instructions: call.instructions,
    messages: [...call.messages],
    tools: toToolSet(call.tools),
    maxOutputTokens: call.maxOutputTokens,
    abortSignal: AbortSignal.any([call.signal, ended.signal]),
    // Retries are ours: the SDK's have no bound on what the endpoint asks for, and nobody hears of them.
    maxRetries: 0,
    // Errors are read from the stream; without this the SDK writes them to the console.
    onError: () => {},
    // Each call repeats all that was said before: let the endpoint read it from its cache.
    providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } },
  })
  const reader = new AnswerReader()
  try {
    for await (const part of result.stream) {
      // The first part is the SDK's own, from before the endpoint was heard of.
      if (part.type !== 'start') call.onPiece(sizeOf(part))
      reader.read(part)
    }
    reader.assertWhole()
    const { messages } = await result.response
    // The SDK answers calls of tools that there are not; here every call is answered in one place.
    return reader.toAnswer(messages.filter(({ role }) => role === 'assistant'))
  } catch (error) {
    call.signal.throwIfAborted()
    throw error
  } finally {
    // An answer that is not read to its end is not sent to its end either.
    ended.abort()
  }
}

type Part = TextStreamPart<ToolSet>

class AnswerReader {
  #text = ''
  readonly #calls: AskedCall[] = []
  #end: Extract<Part, { type: 'finish-step' }> | undefined

  read(part: Part): void {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-delta') this.#text += part.text
    else if (part.type === 'tool-call')
      this.#calls.push({ id: part.toolCallId, tool: part.toolName, input: part.input })
    else if (part.type === 'finish-step') this.#end = part
  }

  /** @throws AnswerError; a stream that ends early and without an error looks like an empty answer. */
  assertWhole(): void {
    const reason = this.#end?.finishReason
    if (reason === 'length') throw new AnswerError('the answer was cut at its longest: raise maxOutputTokens', false)
    if (reason === 'content-filter') throw new AnswerError('the answer was withheld by a filter', false)
    if (reason !== 'stop' && reason !== 'tool-calls') throw new AnswerError(`the answer broke off (${reason})`, true)
    if (this.#text.trim() === '' && this.#calls.length === 0) throw new AnswerError('the answer is empty', true)
  }

  toAnswer(messages: readonly ModelMessage[]): ModelAnswer {
    const end = this.#end
    if (end === undefined) throw new AnswerError('the answer has no end', true)
    return { text: this.#text, calls: this.#calls, model: end.response.modelId, usage: toUsage(end.usage), messages }
  }
}

function toUsage(usage: Extract<Part, { type: 'finish-step' }>['usage']): CallUsage {
  return {
    inputTokens: usage.inputTokens ?? null,
    cachedTokens: usage.inputTokenDetails.cacheReadTokens ?? null,
    cacheWriteTokens: usage.inputTokenDetails.cacheWriteTokens ?? null,
    outputTokens: usage.outputTokens ?? null,
  }
}

function sizeOf(part: Part): number {
  if (part.type === 'text-delta' || part.type === 'reasoning-delta') return part.text.length
  return part.type === 'tool-input-delta' ? part.delta.length : 0
}

/** Without `execute`: the SDK only hands the calls over. The input is checked where the tool is used. */
function toToolSet(tools: readonly WorkspaceTool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, input }) => {
      const schema = z.toJSONSchema(input, { io: 'input' }) as Parameters<typeof jsonSchema>[0]
      return [name, tool({ description, inputSchema: jsonSchema(schema) }) as ToolSet[string]]
    }),
  )
}

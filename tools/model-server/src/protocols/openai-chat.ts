import { z } from 'zod'
import { type Message, type ModelRequest, readConversation } from '../model-request.ts'
import type { Reply } from '../reply.ts'
import { openaiFailure } from './openai-failure.ts'
import { type Protocol, pieces, sse, toOfferedTool, totalTokens } from './protocol.ts'

const part = z.looseObject({ type: z.string(), text: z.string().optional() })
const body = z.looseObject({
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  tools: z
    .array(
      z.looseObject({ function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }).optional() }),
    )
    .nullish(),
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(part)]).nullish() }))
    .min(1),
})

/** OpenAI's chat completions: https://platform.openai.com/docs/api-reference/chat and /chat-streaming. */
export const openaiChat: Protocol = {
  name: 'openai-chat',
  speaksAt: (path) => path.endsWith('/chat/completions'),
  read: (given) => toRequest(body.parse(given)),
  whole: (reply) => ({
    ...envelope(reply, 'chat.completion'),
    choices: [{ index: 0, message: message(reply), finish_reason: finishReason(reply) }],
    usage: usageOf(reply),
  }),
  events,
  failure: openaiFailure,
}

function toRequest(parsed: z.infer<typeof body>): ModelRequest {
  const functions = (parsed.tools ?? []).flatMap((tool) => tool.function ?? [])
  return {
    model: parsed.model,
    isStreamed: parsed.stream === true,
    wantsUsage: parsed.stream_options?.include_usage === true,
    tools: functions.map(({ name, parameters }) => toOfferedTool(name, parameters)),
    ...readConversation(parsed.messages.map(toMessage)),
  }
}

function toMessage({ role, content }: z.infer<typeof body>['messages'][number]): Message {
  const text = Array.isArray(content) ? content.map((item) => item.text ?? '').join('') : (content ?? '')
  return { isUser: role === 'user', text, toolResults: role === 'tool' ? 1 : 0 }
}

function envelope({ serial, model }: Reply, object: string): Readonly<Record<string, unknown>> {
  return { id: `chatcmpl-${serial}`, object, created: Math.floor(Date.now() / 1_000), model }
}

function message({ text, calls }: Reply): unknown {
  const toolCalls = calls.map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))
  return { role: 'assistant', content: text, ...(calls.length === 0 ? {} : { tool_calls: toolCalls }) }
}

function finishReason({ calls }: Reply): string {
  return calls.length === 0 ? 'stop' : 'tool_calls'
}

function usageOf({ usage }: Reply): unknown {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: totalTokens(usage),
    prompt_tokens_details: { cached_tokens: usage.cachedTokens },
  }
}

function events(reply: Reply, request: ModelRequest): readonly string[] {
  const head = envelope(reply, 'chat.completion.chunk')
  const chunk = (delta: unknown, reason: string | null = null): string =>
    sse({ ...head, choices: [{ index: 0, delta, finish_reason: reason }] })
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(reply.text).map((content) => chunk({ content })),
    ...reply.calls.flatMap(callDeltas).map((call) => chunk({ tool_calls: [call] })),
    chunk({}, finishReason(reply)),
    ...(request.wantsUsage ? [sse({ ...head, choices: [], usage: usageOf(reply) })] : []),
    sse('[DONE]'),
  ]
}

function callDeltas({ id, name, input }: Reply['calls'][number], index: number): readonly unknown[] {
  const begin = { index, id, type: 'function', function: { name, arguments: '' } }
  return [begin, ...pieces(JSON.stringify(input)).map((piece) => ({ index, function: { arguments: piece } }))]
}

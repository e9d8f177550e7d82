import { z } from 'zod'
import { type Message, type ModelRequest, readConversation } from '../model-request.ts'
import type { Reply } from '../reply.ts'
import { type Protocol, pieces, sse, toOfferedTool } from './protocol.ts'

const block = z.looseObject({ type: z.string(), text: z.string().optional() })
const body = z.looseObject({
  model: z.string(),
  max_tokens: z.int().positive(),
  stream: z.boolean().optional(),
  tools: z.array(z.looseObject({ name: z.string(), input_schema: z.unknown().optional() })).optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(block)]) })).min(1),
})

/** Anthropic's Messages: https://docs.anthropic.com/en/api/messages and /en/api/messages-streaming. */
export const anthropic: Protocol = {
  name: 'anthropic',
  speaksAt: (path) => /\/messages$/.test(path),
  read: (given) => toRequest(body.parse(given)),
  whole: (reply) => ({
    ...envelope(reply),
    content: [...textBlocks(reply), ...reply.calls.map((call) => ({ type: 'tool_use', ...call }))],
    stop_reason: stopReason(reply),
    usage: { ...inputUsage(reply), output_tokens: reply.usage.outputTokens },
  }),
  events,
  failure: (status, message) => ({ type: 'error', error: { type: failureTypes[status] ?? 'api_error', message } }),
}

const failureTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

function toRequest(parsed: z.infer<typeof body>): ModelRequest {
  return {
    model: parsed.model,
    isStreamed: parsed.stream === true,
    wantsUsage: true,
    tools: (parsed.tools ?? []).map((tool) => toOfferedTool(tool.name, tool.input_schema)),
    ...readConversation(parsed.messages.map(toMessage)),
  }
}

function toMessage({ role, content }: z.infer<typeof body>['messages'][number]): Message {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  return {
    isUser: role === 'user',
    text: blocks.map(({ text }) => text ?? '').join(''),
    toolResults: blocks.filter(({ type }) => type === 'tool_result').length,
  }
}

function envelope({ serial, model }: Reply): Readonly<Record<string, unknown>> {
  return { id: `msg_${serial}`, type: 'message', role: 'assistant', model, stop_sequence: null }
}

function textBlocks({ text }: Reply): readonly unknown[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function stopReason({ calls }: Reply): string {
  return calls.length === 0 ? 'end_turn' : 'tool_use'
}

/** Anthropic's `input_tokens` leave out what came from the cache. */
function inputUsage({ usage }: Reply): Readonly<Record<string, number>> {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cachedTokens,
  }
}

function events(reply: Reply): readonly string[] {
  const start = {
    ...envelope(reply),
    content: [],
    stop_reason: null,
    usage: { ...inputUsage(reply), output_tokens: 1 },
  }
  const delta = { stop_reason: stopReason(reply), stop_sequence: null }
  return [
    event('message_start', { message: start }),
    event('ping', {}),
    ...blocksOf(reply).flatMap(blockEvents),
    event('message_delta', { delta, usage: { ...inputUsage(reply), output_tokens: reply.usage.outputTokens } }),
    event('message_stop', {}),
  ]
}

interface Block {
  readonly start: unknown
  readonly deltas: readonly unknown[]
}

function blocksOf({ text, calls }: Reply): readonly Block[] {
  const said = {
    start: { type: 'text', text: '' },
    deltas: pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
  }
  const called = calls.map(({ id, name, input }) => ({
    start: { type: 'tool_use', id, name, input: {} },
    deltas: pieces(JSON.stringify(input)).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
  }))
  return text === '' ? called : [said, ...called]
}

function blockEvents({ start, deltas }: Block, index: number): readonly string[] {
  return [
    event('content_block_start', { index, content_block: start }),
    ...deltas.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ]
}

function event(type: string, data: object): string {
  return sse({ type, ...data }, type)
}

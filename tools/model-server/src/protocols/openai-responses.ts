import { z } from 'zod'
import { type Message, type ModelRequest, readConversation } from '../model-request.ts'
import type { Reply } from '../reply.ts'
import { openaiFailure } from './openai-failure.ts'
import { type Protocol, pieces, sse, toOfferedTool, totalTokens } from './protocol.ts'

const part = z.looseObject({ text: z.string().optional() })
const item = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: z.union([z.string(), z.array(part)]).nullish(),
})
const body = z.looseObject({
  model: z.string(),
  stream: z.boolean().nullish(),
  tools: z.array(z.looseObject({ name: z.string().optional(), parameters: z.unknown().optional() })).nullish(),
  input: z.union([z.string(), z.array(item)]),
})

/** OpenAI's responses: https://platform.openai.com/docs/api-reference/responses and /responses-streaming. */
export const openaiResponses: Protocol = {
  name: 'openai-responses',
  speaksAt: (path) => path.endsWith('/responses'),
  read: (given) => toRequest(body.parse(given)),
  whole: (reply) => response(reply, 'completed', outputItems(reply)),
  events,
  failure: openaiFailure,
}

function toRequest(parsed: z.infer<typeof body>): ModelRequest {
  const input = typeof parsed.input === 'string' ? [{ role: 'user', content: parsed.input }] : parsed.input
  return {
    model: parsed.model,
    isStreamed: parsed.stream === true,
    wantsUsage: true,
    // Some built-in tools have a type and no name.
    tools: (parsed.tools ?? []).flatMap(({ name, parameters }) =>
      name === undefined ? [] : toOfferedTool(name, parameters),
    ),
    ...readConversation(input.map(toMessage)),
  }
}

function toMessage({ type, role, content }: z.infer<typeof item>): Message {
  const text = Array.isArray(content) ? content.map((one) => one.text ?? '').join('') : (content ?? '')
  return { isUser: role === 'user', text, toolResults: type?.endsWith('_call_output') === true ? 1 : 0 }
}

type Item = Readonly<Record<string, unknown>>

function response({ serial, model, usage }: Reply, status: string, output: readonly Item[]): Item {
  const head = { id: `resp_${serial}`, object: 'response', created_at: Math.floor(Date.now() / 1_000) }
  const counted = {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: totalTokens(usage),
  }
  return { ...head, status, error: null, model, output, usage: status === 'completed' ? counted : null }
}

function outputItems(reply: Reply): readonly Item[] {
  return [...(reply.text === '' ? [] : [messageItem(reply)]), ...reply.calls.map(callItem)]
}

function messageItem({ serial, text }: Reply): Item {
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { type: 'message', id: `msg_${serial}`, status: 'completed', role: 'assistant', content }
}

function callItem({ id, name, input }: Reply['calls'][number]): Item {
  return {
    type: 'function_call',
    id: `fc_${id}`,
    status: 'completed',
    call_id: id,
    name,
    arguments: JSON.stringify(input),
  }
}

function events(reply: Reply): readonly string[] {
  const data: readonly Item[] = [
    { type: 'response.created', response: response(reply, 'in_progress', []) },
    ...outputItems(reply).flatMap(itemEvents),
    { type: 'response.completed', response: response(reply, 'completed', outputItems(reply)) },
  ]
  return data.map((one, index) => sse({ ...one, sequence_number: index }, String(one['type'])))
}

function itemEvents(whole: Item, output_index: number): readonly Item[] {
  const begun = {
    ...whole,
    status: 'in_progress',
    ...(whole['type'] === 'message' ? { content: [] } : { arguments: '' }),
  }
  return [
    { type: 'response.output_item.added', output_index, item: begun },
    ...(whole['type'] === 'message' ? textEvents(whole, output_index) : argumentEvents(whole, output_index)),
    { type: 'response.output_item.done', output_index, item: whole },
  ]
}

function textEvents(whole: Item, output_index: number): readonly Item[] {
  const [part] = whole['content'] as readonly [{ readonly text: string }]
  const place = { item_id: whole['id'], output_index, content_index: 0 }
  return [
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...pieces(part.text).map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.output_text.done', ...place, text: part.text },
    { type: 'response.content_part.done', ...place, part },
  ]
}

function argumentEvents(whole: Item, output_index: number): readonly Item[] {
  const place = { item_id: whole['id'], output_index }
  const written = String(whole['arguments'])
  return [
    ...pieces(written).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
    { type: 'response.function_call_arguments.done', ...place, arguments: written },
  ]
}

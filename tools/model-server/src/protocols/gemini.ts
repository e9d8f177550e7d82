import { z } from 'zod'
import { type Message, type ModelRequest, readConversation } from '../model-request.ts'
import type { Reply } from '../reply.ts'
import { type Protocol, pieces, sse, toOfferedTool, totalTokens } from './protocol.ts'

const part = z.looseObject({ text: z.string().optional(), functionResponse: z.unknown().optional() })
const declaration = z.looseObject({
  name: z.string(),
  parameters: z.unknown().optional(),
  parametersJsonSchema: z.unknown().optional(),
})
const body = z.looseObject({
  contents: z.array(z.looseObject({ role: z.string().optional(), parts: z.array(part) })).min(1),
  tools: z.array(z.looseObject({ functionDeclarations: z.array(declaration).optional() })).optional(),
})

const pathForm = /\/models\/([^/]+):(generateContent|streamGenerateContent)$/

/** Gemini's generateContent and streamGenerateContent: https://ai.google.dev/api/generate-content. */
export const gemini: Protocol = {
  name: 'gemini',
  speaksAt: (path) => pathForm.test(path),
  read: (given, path) => toRequest(body.parse(given), path),
  whole: (reply) => chunk(reply, [...textParts(reply.text), ...callParts(reply)], true),
  events: (reply) => [
    ...pieces(reply.text).map((piece) => sse(chunk(reply, textParts(piece), false))),
    sse(chunk(reply, callParts(reply), true)),
  ],
  failure: (code, message) => ({ error: { code, message, status: failureStatus[code] ?? 'INTERNAL' } }),
}

const failureStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
}

function toRequest(parsed: z.infer<typeof body>, path: string): ModelRequest {
  const [, model = '', verb] = pathForm.exec(path) ?? []
  const declared = (parsed.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? [])
  return {
    model: decodeURIComponent(model),
    isStreamed: verb === 'streamGenerateContent',
    wantsUsage: true,
    tools: declared.map((tool) => toOfferedTool(tool.name, tool.parametersJsonSchema ?? tool.parameters)),
    ...readConversation(parsed.contents.map(toMessage)),
  }
}

function toMessage({ role, parts }: z.infer<typeof body>['contents'][number]): Message {
  return {
    isUser: role === undefined || role === 'user',
    text: parts.map(({ text }) => text ?? '').join(''),
    toolResults: parts.filter((one) => one.functionResponse !== undefined).length,
  }
}

function textParts(text: string): readonly unknown[] {
  return text === '' ? [] : [{ text }]
}

function callParts({ calls }: Reply): readonly unknown[] {
  return calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } }))
}

function chunk({ serial, model, usage }: Reply, parts: readonly unknown[], isLast: boolean): unknown {
  const candidate = { content: { role: 'model', parts }, index: 0, ...(isLast ? { finishReason: 'STOP' } : {}) }
  const counted = {
    promptTokenCount: usage.inputTokens,
    cachedContentTokenCount: usage.cachedTokens,
    candidatesTokenCount: usage.outputTokens,
    totalTokenCount: totalTokens(usage),
  }
  const said = { candidates: [candidate], modelVersion: model, responseId: `gemini_${serial}` }
  return isLast ? { ...said, usageMetadata: counted } : said
}

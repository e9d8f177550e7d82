import type { ModelRequest, OfferedTool } from '../model-request.ts'
import type { Reply } from '../reply.ts'
import type { Usage } from '../script.ts'

/** How one family of clients talks to a model. */
export interface Protocol {
  readonly name: 'anthropic' | 'openai-chat' | 'openai-responses' | 'gemini'
  /** Whether it is spoken at this path. */
  speaksAt(path: string): boolean
  /** @throws ZodError for a body that is not of this protocol. */
  read(body: unknown, path: string): ModelRequest
  /** The answer as one JSON document. */
  whole(reply: Reply): unknown
  /** The answer as server-sent events, in order. */
  events(reply: Reply, request: ModelRequest): readonly string[]
  failure(status: number, message: string): unknown
}

/** One server-sent event. */
export function sse(data: unknown, event?: string): string {
  const line = `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
  return event === undefined ? line : `event: ${event}\n${line}`
}

/** A text in pieces, as models send it: a few characters each, cut where they may fall. */
export function pieces(text: string, length = 7): readonly string[] {
  const count = Math.ceil(text.length / length)
  return Array.from({ length: count }, (_, index) => text.slice(index * length, (index + 1) * length))
}

/** The tool as its JSON Schema says it. */
export function toOfferedTool(name: string, schema: unknown): OfferedTool {
  const properties = (schema as { properties?: Record<string, { type?: unknown }> } | undefined)?.properties ?? {}
  const parameters = Object.entries(properties).map(([key, value]) => {
    return [key, typeof value?.type === 'string' ? value.type.toLowerCase() : null] as const
  })
  return { name, parameters: Object.fromEntries(parameters) }
}

export function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens
}

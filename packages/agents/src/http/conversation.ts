import { createHash } from 'node:crypto'
import type { ModelMessage } from 'ai'
import { z } from 'zod'
import type { JsonValue } from '../json-value.ts'

/** A conversation that is longer as JSON is not kept: a later attempt begins anew. Bytes. */
const longestKept = 512 * 1024

const keptSchema = z.looseObject({
  kind: z.literal('http-conversation'),
  version: z.literal(1),
  model: z.string(),
  task: z.string(),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant', 'tool']) })).min(1),
})

/** What was said between the task and the model. It can be kept, so that another attempt goes on where this one was lost. */
export class Conversation {
  readonly #model: string
  readonly #task: string
  #messages: readonly ModelMessage[]
  readonly isResumed: boolean

  /** @param kept what an earlier attempt kept; heeded when it is a conversation with the same model about the same subject */
  constructor(
    model: string,
    { prompt, subject }: { readonly prompt: string; readonly subject: string },
    kept: unknown,
  ) {
    this.#model = model
    this.#task = createHash('sha256').update(subject).digest('hex')
    const earlier = keptSchema.safeParse(kept).data
    this.isResumed = earlier?.model === model && earlier.task === this.#task
    // The SDK checks each message again before it sends it.
    this.#messages = this.isResumed
      ? (earlier?.messages as readonly unknown[] as ModelMessage[])
      : [{ role: 'user', content: prompt }]
  }

  get messages(): readonly ModelMessage[] {
    return this.#messages
  }

  add(messages: readonly ModelMessage[]): void {
    this.#messages = [...this.#messages, ...messages]
  }

  /** The conversation as JSON; null when it is too long to be kept. */
  toKept(): JsonValue | null {
    const kept = {
      kind: 'http-conversation',
      version: 1,
      model: this.#model,
      task: this.#task,
      messages: this.#messages,
    }
    const text = JSON.stringify(kept)
    return Buffer.byteLength(text) > longestKept ? null : (JSON.parse(text) as JsonValue)
  }
}

import type { LanguageModel } from 'ai'
import { AgentLimitError } from '../agent-limit-error.ts'
import type { AgentLimits } from '../agent-limits.ts'
import type { AttemptClock } from './attempt-clock.ts'
import { toCallError } from './call-failure.ts'
import type { Conversation } from './conversation.ts'
import { type AgentKeyRefusedError, ModelCallError } from './http-errors.ts'
import type { HttpPorts } from './http-ports.ts'
import { type HttpReference, httpDefaults } from './http-reference.ts'
import type { ModelAnswer } from './model-answer.ts'
import { callModel } from './model-call.ts'
import { defaultRetryPolicy, type RetryPolicy, waitBefore } from './retry-policy.ts'
import type { Spending } from './spending.ts'
import type { WorkspaceTool } from './tools/workspace-tool.ts'

export interface ModelCallerParts {
  readonly reference: HttpReference
  readonly limits: Required<AgentLimits>
  readonly model: LanguageModel
  readonly instructions: string
  readonly tools: readonly WorkspaceTool[]
  readonly spending: Spending
  readonly clock: AttemptClock
  readonly signal: AbortSignal
  readonly ports: HttpPorts
  readonly redact: (text: string) => string
  readonly onLife: () => void
  readonly onRetry: (error: ModelCallError, waitMs: number) => void
}

/** Calls a model until it answers, as often and as patiently as the policy says. */
export class ModelCaller {
  readonly #parts: ModelCallerParts
  readonly #policy: RetryPolicy
  #characters = 0

  constructor(parts: ModelCallerParts) {
    this.#parts = parts
    this.#policy = { ...defaultRetryPolicy, ...parts.reference.retry }
  }

  /**
   * @throws AgentKeyRefusedError, ModelCallError when no try is left, AgentLimitError, UsageUnknownError, the abort reason.
   */
  async call(conversation: Conversation): Promise<ModelAnswer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#try(conversation, tries)
      if (!(answer instanceof Error)) return answer
      await this.#waitAfter(answer)
    }
  }

  async #try(conversation: Conversation, tries: number): Promise<ModelAnswer | ModelCallError | AgentKeyRefusedError> {
    const { reference, model, instructions, tools, spending, clock, signal, redact } = this.#parts
    const longest = reference.maxOutputTokens ?? httpDefaults.maxOutputTokens
    const maxOutputTokens = Math.min(longest, spending.tokensLeft())
    const onPiece = this.#watchPieces()
    clock.awaitStart()
    try {
      const { messages } = conversation
      return await callModel({ model, instructions, messages, tools, maxOutputTokens, signal, onPiece })
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof AgentLimitError) throw error
      const failure = toCallError(reference, error, tries, redact)
      if (failure instanceof ModelCallError && failure.failure !== 'status') spending.addUnreported()
      return failure
    } finally {
      clock.quiet()
    }
  }

  async #waitAfter(failure: ModelCallError | AgentKeyRefusedError): Promise<void> {
    if (!(failure instanceof ModelCallError) || !failure.isRetryable) throw failure
    const { ports, signal, onRetry } = this.#parts
    const waitMs = waitBefore(failure.tries, failure.retryAfterMs, this.#policy, ports.random())
    if (waitMs === null) throw failure
    onRetry(failure, waitMs)
    await ports.wait(waitMs, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      throw error
    })
  }

  /** Holds what comes against the limits while it comes: an answer without an end is never held as a whole. */
  #watchPieces(): (characters: number) => void {
    const { reference, limits, clock, onLife } = this.#parts
    let answer = 0
    return (characters) => {
      clock.sawLife()
      onLife()
      answer += characters
      this.#characters += characters
      assertBelow(reference.name, 'maxAnswerBytes', limits.maxAnswerBytes, answer)
      assertBelow(reference.name, 'maxOutputBytes', limits.maxOutputBytes, this.#characters)
    }
  }
}

/** A character is a byte or more: what exceeds in characters exceeds in bytes. */
function assertBelow(
  agent: string,
  limit: 'maxAnswerBytes' | 'maxOutputBytes',
  allowed: number,
  characters: number,
): void {
  if (characters > allowed) throw new AgentLimitError(agent, limit, allowed, `it said ${characters} characters`)
}

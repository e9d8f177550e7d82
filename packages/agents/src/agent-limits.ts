/** What one attempt of an agent may take. Whatever is exceeded ends the attempt with an error that names it. */
export interface AgentLimits {
  /** Milliseconds to the first sign of life. @default 60000 */
  readonly startTimeoutMs?: number
  /** Milliseconds without any output. @default 300000 */
  readonly idleTimeoutMs?: number
  /** Milliseconds for the whole attempt. @default 1800000 */
  readonly timeoutMs?: number
  /** Input and output tokens together. For a client that does not tell them while it works it is refused. @default none */
  readonly maxTokens?: number
  /** US dollars. For a client that reports no cost it cannot be kept, and is refused. @default none */
  readonly maxCostUsd?: number
  /** Bytes of all that a program prints. @default 2147483648 */
  readonly maxOutputBytes?: number
  /** Bytes of the final answer. @default 4194304 */
  readonly maxAnswerBytes?: number
}

export const defaultLimits: Required<AgentLimits> = {
  startTimeoutMs: 60_000,
  idleTimeoutMs: 300_000,
  timeoutMs: 1_800_000,
  maxTokens: Number.POSITIVE_INFINITY,
  maxCostUsd: Number.POSITIVE_INFINITY,
  maxOutputBytes: 2 * 1024 ** 3,
  maxAnswerBytes: 4 * 1024 ** 2,
}

import type { PreviousReport } from '../agent-report.ts'
import type { Environment } from '../process/program-environment.ts'
import type { Permission } from './permission.ts'
import type { Tally } from './tally.ts'

/** One call of a client. */
export interface ClientCall {
  readonly agent: string
  readonly instructions: string
  /** Absolute path of the artifact that holds the instructions. */
  readonly promptFile: string
  readonly cwd: string
  readonly runId: string
  readonly permission: Permission
  /** Undefined: the client's own. */
  readonly model: string | undefined
  /** Set when the client's own session is taken up again. */
  readonly previous: (PreviousReport & { readonly sessionId: string }) | undefined
  /** US dollars. */
  readonly maxCostUsd: number
  /** Of the client. */
  readonly environment: Environment
}

export interface Invocation {
  readonly arguments: readonly string[]
  /** For its stdin; null closes it. */
  readonly input: string | null
  /** Added to its environment. */
  readonly environment?: Readonly<Record<string, string>>
}

/** How a client is called, and what its events mean. */
export interface ClientProfile {
  /** @throws AgentOptionError for what this client cannot do. */
  invoke(call: ClientCall): Invocation
  /** Whether its events tell of tool calls. @default true */
  readonly countsTools?: boolean
  /** Made for each call; told of every event in its order. */
  createReader(call: ClientCall): EventInterpreter
}

export type EventInterpreter = (event: object, tally: Tally) => void

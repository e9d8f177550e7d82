// Terminology
// - agent: what does a step's work; it gets a request and a context and gives a result.
// - request: what is asked, as data; it crosses into a worker unchanged.
// - context: what the agent may do to the outside while it works; a worker or a process in place provides it.
// - artifact: a file that a step produced, with its checksum.
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import type { AgentReport, PreviousReport } from './agent-report.ts'
import type { JsonValue } from './json-value.ts'

/** The step of a workflow for which an agent is asked. */
export interface AgentStep {
  /** Place in the workflow; step 0 comes first. */
  readonly number: number
  readonly name: string
  /** The agent's name as the workflow wrote it. */
  readonly agent: string
  readonly description?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** What an agent is asked to do. */
export interface AgentRequest {
  readonly runId: string
  /** What a person asked for, in plain text. */
  readonly prompt: string
  /** What is sent to a model: the prompt with what belongs to it (the step, files, earlier artifacts). @default `prompt` */
  readonly instructions?: string
  /**
   * Names what is asked for, whatever is said of earlier attempts: an agent that has kept its conversation goes on with it as long as this is
   * the same. @default `instructions`
   */
  readonly subject?: string
  /** What earlier attempts reported, for going on with the agent's own session. @default this is a new session */
  readonly previous?: PreviousReport
  /** The folder to work on; absolute. */
  readonly cwd: string
  /** From 0 (trivial) to 1 (very complex), as the router judged it. */
  readonly complexity: number
  readonly step: AgentStep
}

/** A written artifact. */
export interface ArtifactReference {
  readonly name: string
  /** Absolute path. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
}

export type ArtifactContent = string | Uint8Array | AsyncIterable<Uint8Array>

/** What an agent may do to the outside while it works. */
export interface AgentContext {
  /** 1 for the first attempt at this step. */
  readonly attempt: number
  /** What the attempt before this one kept with `checkpoint`; undefined when there is none. */
  readonly lastCheckpoint: unknown
  /** Aborted when the agent should stop; its reason is what the agent should throw. */
  readonly signal: AbortSignal
  /** Says how far the work is. Only the latest value is kept. */
  progress(value: JsonValue): void
  /** Says that the agent is alive. */
  heartbeat(): void
  log(message: string): void
  /** Starts a child process in a process group of its own, dead when the session ends. Never through a shell. */
  spawn(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess
  /** Writes a file of the run, whole or not at all. Content that comes in pieces is never held in memory as a whole. */
  artifact(name: string, content: ArtifactContent): Promise<ArtifactReference>
  /** Keeps a value from which a later attempt can go on. */
  checkpoint(value: JsonValue): void
  /**
   * Says what this attempt has used so far and in which session; may be called often, each call adding to what was said before.
   * Kept also when the attempt is lost. Absent where nobody keeps it.
   */
  report?(report: Partial<AgentReport>): void
}

/** What an agent gives back. */
export interface AgentResult {
  /** One line for a person. */
  readonly summary: string
  readonly output: JsonValue
  /** What it says of its own work; agents that use no model leave it out. */
  readonly report?: AgentReport
}

/** The default export of a module agent. */
export type AgentFunction = (request: AgentRequest, context: AgentContext) => unknown | Promise<unknown>

/** An agent that is loaded and ready to run. */
export interface Agent {
  readonly name: string
  run(request: AgentRequest, context: AgentContext): Promise<AgentResult>
}

import type { RunStore } from '@mayfly/run-store'
import type { AgentSupervisor, SupervisorOptions } from '@mayfly/supervisor'
import type { Environment } from './detect-runtime.ts'
import type { Logger } from './logger.ts'
import type { SettingOptions } from './settings.ts'

/** The parts that an orchestrator is made of; each has a standard one. */
export interface OrchestratorOptions extends SettingOptions {
  /** Where work is done unless a call says otherwise. @default process.cwd() at the time of the call */
  readonly cwd?: string
  /** @default process.env, read at the time of the call */
  readonly environment?: Environment
  /** @default silent */
  readonly logger?: Logger
  /** This process does nothing else: at its end every child process it still has is ended too. @default false */
  readonly ownsProcess?: boolean
  /** Lets other processes of this user ask this one for a profile of a worker (`mayfly profile`), by a socket in TMPDIR. @default false */
  readonly control?: boolean
  /** @default (options) => new AgentSupervisor(options) */
  readonly createSupervisor?: (options: SupervisorOptions) => AgentSupervisor
  /** @default (path) => openRunStore({ path }) */
  readonly openStore?: (path: string) => Promise<RunStore>
}

export interface PromptOptions extends SettingOptions {
  /** The folder to work on. */
  readonly cwd?: string | undefined
  /** Letters, digits, `.`, `_` and `-`. @default a new one */
  readonly runId?: string | undefined
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (value: unknown) => void
  /** The run is on record and its step is about to start. */
  readonly onStart?: (run: { runId: string; executionMode: 'legacy' | 'worker' }) => void
}

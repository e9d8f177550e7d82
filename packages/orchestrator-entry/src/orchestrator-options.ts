import type { Permission } from '@mayfly/agents'
import type { RunRecord, RunStore } from '@mayfly/run-store'
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
  /** @default (path, leaseMs) => openRunStore({ path, leaseMs }) */
  readonly openStore?: (path: string, leaseMs: number) => Promise<RunStore>
}

export interface PromptOptions extends SettingOptions {
  /** The folder to work on. */
  readonly cwd?: string | undefined
  /** Letters, digits, `.`, `_` and `-`. @default a new one */
  readonly runId?: string | undefined
  /**
   * A second prompt with the same key becomes no second run: it gets the first one's result, whichever process works on that. At
   * most 1,000 characters.
   */
  readonly idempotencyKey?: string | undefined
  /** Runs with the same key count against `maxPerKey`, in all processes on the store. */
  readonly concurrencyKey?: string | undefined
  /** Among those that wait, higher ones begin first. @default 0 */
  readonly priority?: number | undefined
  /** Whether an attempt that was lost may simply be made again. @default what step and agent say */
  readonly repeatable?: boolean | undefined
  /** What the workflow's `workflow_inputs` ask for. */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined
  /** Agents, by the names that the workflow uses: `{ developer: './developer.mjs' }`. */
  readonly agents?: Readonly<Record<string, string>> | undefined
  /**
   * What agents may do: read, edit in the folder that they work on, or anything. A module that is kept to the first two needs a worker, which is
   * a process then; commands cannot be kept to anything. @default what their description says, or `edit`; for modules `full`
   */
  readonly permission?: Permission | undefined
  /** The model, for agents that can be told. @default the agent's own */
  readonly model?: string | undefined
  /** Whether an agent that costs money may be chosen without having been named. @default false */
  readonly allowPaid?: boolean | undefined
  /** For a whole run in a folder that another one works on: wait until that has ended. @default it is refused */
  readonly waitForWorkspace?: boolean | undefined
  /** A whole run works in a git worktree of its own; `merge` takes its work over when it has completed. @default in `cwd` */
  readonly worktree?: 'merge' | 'leave' | undefined
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (value: unknown) => void
  /** The run is on record and its step is about to start. */
  readonly onStart?: (run: { runId: string; executionMode: 'legacy' | 'worker' }) => void
}

/** For runs that are taken up again. */
export interface TakeUpOptions extends SettingOptions {
  /** The folder whose store has the run. */
  readonly cwd?: string | undefined
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (value: unknown) => void
  readonly onStart?: (run: { runId: string; executionMode: 'legacy' | 'worker' }) => void
}

export interface ServeOptions extends SettingOptions {
  /** The folder whose store is served. */
  readonly cwd?: string | undefined
  /** Stops claiming; resolves when what runs has ended. */
  readonly signal?: AbortSignal | undefined
  readonly onSettled?: (run: RunRecord) => void
}

/** A run that was handed to the queue. */
export interface SubmittedRun {
  readonly runId: string
  /** False when it was accepted earlier, under the same idempotency key. */
  readonly isNew: boolean
  readonly runRecord: RunRecord
}

import type { AgentReference } from '@mayfly/agents'
import type { JsonValue, RunStore } from '@mayfly/run-store'
import type { IsolationRequest } from '@mayfly/supervisor'
import type { WorkflowPlan } from '@mayfly/workflows'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { StepRoute } from './step-routing.ts'

/** A git worktree that a run works in instead of the folder that it was asked for. */
export interface StoredWorktree {
  /** The folder whose history it shares. */
  readonly repository: string
  /** The worktree itself. */
  readonly folder: string
  /** What becomes of it when the run has completed. */
  readonly finish: 'merge' | 'leave'
}

/** What the store keeps with a whole run, so that any process can execute any step of it. */
export interface StoredWorkflow {
  readonly version: 2
  readonly plan: WorkflowPlan
  /** By the names that the plan uses; those that cannot be found here and have a fallback are left out. */
  readonly agents: Readonly<Record<string, AgentReference>>
  /** By position. */
  readonly routes: readonly StepRoute[]
  /** Absolute paths of the JSON schemas, by position. */
  readonly schemas: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, JsonValue>>
  readonly isolation: IsolationRequest
  /** MB; `null`: the default of whoever executes it. */
  readonly heapLimitMb: number | null
  /** MB that an attempt commits; `null`: what its claimer says. */
  readonly memoryMb: number | null
  readonly timeoutMs: number
  readonly graceMs: number
  readonly backoffMs: number
  /** Per step and agent; `null`: what the plan says. */
  readonly attempts: number | null
  /** Whether a lost attempt may simply be made again; `null`: what step and agent say. */
  readonly repeatable: boolean | null
  readonly concurrencyKey: string | null
  readonly priority: number
  /** For all of the run, in milliseconds since the epoch. */
  readonly deadlineAt: number | null
  /** How large the assembled context of an agent may be, in tokens. */
  readonly contextTokens: number
  readonly worktree: StoredWorktree | null
}

/** Its shape was checked when it was written, by the types; only whose it is is looked at here: 5,000 steps are read in a moment. */
const isStoredWorkflow = z.looseObject({
  version: z.literal(2),
  plan: z.looseObject({ version: z.literal(1), steps: z.array(z.looseObject({ position: z.number() })).min(1) }),
  agents: z.record(z.string(), z.looseObject({ kind: z.string() })),
  routes: z.array(z.unknown()),
})

/** @throws UsageError `REQUEST_INVALID` */
export const parseStoredWorkflow = (stored: JsonValue | null, runId: string): StoredWorkflow => {
  const result = isStoredWorkflow.safeParse(stored)
  if (result.success) return stored as unknown as StoredWorkflow
  throw new UsageError(
    'REQUEST_INVALID',
    `Run ${runId} cannot be executed as it is stored: ${z.prettifyError(result.error)}. Submit it again.`,
  )
}

export const isWholeRun = (stored: JsonValue | null): boolean =>
  typeof stored === 'object' && stored !== null && 'version' in stored && stored['version'] === 2

/** `null` for a run without one. @throws RunNotFoundError, UsageError `REQUEST_INVALID` */
export const readWorktree = async (store: RunStore, runId: string): Promise<StoredWorktree | null> => {
  const request = await store.getRequest(runId)
  return isWholeRun(request) ? parseStoredWorkflow(request, runId).worktree : null
}

/** More runs than work at one time; a plan of 5,000 steps takes a few MB. */
const MOST_KEPT = 32

/** Reads what is stored with whole runs, each once: it never changes. */
export class WorkflowShelf {
  readonly #kept: Map<string, StoredWorkflow> = new Map()

  /** @throws RunNotFoundError, UsageError `REQUEST_INVALID` */
  async get(store: RunStore, runId: string): Promise<StoredWorkflow> {
    const key = `${store.path}\n${runId}`
    const workflow = this.#kept.get(key) ?? parseStoredWorkflow(await store.getRequest(runId), runId)
    this.#kept.delete(key)
    this.#kept.set(key, workflow)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break
      this.#kept.delete(oldest)
    }
    return workflow
  }
}

import type { Checkpoint, Claim, ClaimAnswer, ClaimOptions, ClaimRefusal } from './claim.ts'
import { monotonicNow } from './lease-clock.ts'
import type { Limits, Usage } from './limits.ts'
import type { QueuedStep } from './queued-step.ts'
import type { ExecutionMode } from './run-record.ts'
import { NO_FIGURES_YET, type SessionRecord } from './session-record.ts'
import { checkpointTable, selectCheckpoint } from './sql/checkpoint-table.ts'
import { limitsTable, selectLimits } from './sql/limits-table.ts'
import {
  claimStep,
  countQueued,
  queueTable,
  selectNext,
  selectNextOfRun,
  selectNextStep,
  selectUsage,
  selectWaiting,
} from './sql/queue-table.ts'
import { executeOtherwise, selectStep, selectStepTask, startStep, stepTable, stepTaskTable } from './sql/step-table.ts'
import { type Cells, encodeFields } from './sql/table.ts'
import type { StoreContext } from './store-context.ts'
import { encoded } from './store-database.ts'
import { StoreInputError } from './store-error.ts'
import { takeWorkspace } from './workspace.ts'

/** Claims and starts the next step, within the caller's transaction. */
export function claimWithin(context: StoreContext, options: ClaimOptions): ClaimAnswer {
  if (options.step !== undefined && options.runId === undefined)
    throw new StoreInputError('Option runId', 'the run of the step', undefined)
  const limits = strictest(readLimits(context), assertLimits(options.limits ?? {}))
  const next = findNext(context, options, limits)
  if (next === undefined) return refuse(context, options, limits, undefined)
  const usage = readCommitted(context)
  if (limits.workers !== null && usage.workers >= limits.workers) return refuse(context, options, limits, 'workers')
  const committedMb = next.memoryMb ?? options.memoryMb ?? 0
  if (limits.memoryMb !== null && usage.memoryMb + committedMb > limits.memoryMb)
    return refuse(context, options, limits, 'memory')
  return { claim: start(context, next, options, committedMb), because: null, nextAt: null }
}

export function readLimits({ database }: StoreContext): Limits {
  return database.list(limitsTable, selectLimits, {})[0] ?? { workers: null, memoryMb: null, perKey: null }
}

export function readUsage(context: StoreContext): Usage {
  return { ...readCommitted(context), queued: Number(context.database.row(countQueued, {})?.['queued']) }
}

/** What limits are about: without the number of all that wait, which takes longer the more they are. */
function readCommitted({ database, host }: StoreContext): Pick<Usage, 'workers' | 'memoryMb'> {
  const used = database.row(selectUsage, ofLease(host))
  return { workers: Number(used?.['workers']), memoryMb: Number(used?.['memory_mb']) }
}

/** Returns them. Throws `StoreInputError` for one that is no limit. */
export function assertLimits<T extends Partial<Limits>>(limits: T): T {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === null || limit === undefined) continue
    const isWhole = name === 'memoryMb' || Number.isSafeInteger(limit)
    if (!Number.isFinite(limit) || !isWhole || Number(limit) < 0)
      throw new StoreInputError(`Limit ${name}`, 'a number of at least 0, or null', limit)
  }
  return limits
}

function strictest(stored: Limits, asked: Partial<Limits>): Limits {
  return {
    workers: smaller(stored.workers, asked.workers),
    memoryMb: smaller(stored.memoryMb, asked.memoryMb),
    perKey: smaller(stored.perKey, asked.perKey),
  }
}

function smaller(one: number | null, other: number | null | undefined): number | null {
  if (one === null || other === null || other === undefined) return one ?? other ?? null
  return Math.min(one, other)
}

function findNext(context: StoreContext, options: ClaimOptions, limits: Limits): QueuedStep | undefined {
  const { database, host, now } = context
  const cells = {
    ...ofLease(host),
    now: now(),
    memory_mb: limits.memoryMb,
    default_mb: options.memoryMb ?? 0,
    per_key: limits.perKey,
  }
  if (options.runId === undefined) return database.list(queueTable, selectNext, cells)[0]
  const ofRun = { ...cells, run_id: options.runId }
  if (options.step === undefined) return database.list(queueTable, selectNextOfRun, ofRun)[0]
  return database.list(queueTable, selectNextStep, { ...ofRun, step: options.step })[0]
}

/** `known`: the limit that kept a step from being started; else what waits, if anything, tells. */
function refuse(
  { database, host, now }: StoreContext,
  options: ClaimOptions,
  limits: Limits,
  known: ClaimRefusal | undefined,
): ClaimAnswer {
  const waiting = database.row(selectWaiting, {
    boot_id: host.bootId,
    run_id: options.runId ?? null,
    step: options.step ?? null,
    now: now(),
    memory_mb: limits.memoryMb,
    default_mb: options.memoryMb ?? 0,
  })
  const nextAt = waiting?.['next_at'] == null ? null : Number(waiting['next_at'])
  const due = Number(waiting?.['due'])
  const shutOut = Number(waiting?.['shut_out'])
  const others = due - shutOut - Number(waiting?.['too_large'])
  const limited = others > 0 ? 'key' : shutOut > 0 ? 'workspace' : 'memory'
  const because = known ?? (due > 0 ? limited : nextAt === null ? 'empty' : 'later')
  return { claim: null, because, nextAt }
}

function start(context: StoreContext, next: QueuedStep, options: ClaimOptions, committedMb: number): Claim {
  const { database, records, host, now } = context
  const { runId, step } = next
  const { sessionId } = options
  const at = now()
  host.takeLease()
  const key = { run_id: runId, step }
  const held = { held_by: host.bootId, session_id: sessionId, committed_mb: committedMb }
  const attempt = next.attempt + 1
  recordOtherwise(context, key, options)
  const [waiting] = database.list(stepTable, selectStep, key)
  if (waiting === undefined) throw new StoreInputError('Queue', 'a step for each entry', `none for ${runId}/${step}`)
  records.insertSession(startedSession({ runId, step, attempt, sessionId }, options, at))
  database.run(claimStep, { ...key, ...held })
  database.run(startStep, { ...key, now: at })
  takeWorkspace(context, next.workspace, runId)
  const { startedAt } = records.readRun(runId)
  records.patchRun(runId, { status: 'running', startedAt: startedAt ?? at, bootId: host.bootId })
  const task = database.list(stepTaskTable, selectStepTask, key)[0]?.task ?? null
  const { maxAttempts, repeatable, concurrencyKey, deadlineAt } = next
  return {
    ...{ runId, step, attempt, sessionId, bootId: host.bootId },
    ...{ maxAttempts, repeatable, committedMb, concurrencyKey, deadlineAt },
    run: records.readRun(runId),
    stepRecord: { ...waiting, status: 'running', startedAt: at, endedAt: null, error: null },
    lastError: waiting.error,
    task,
    request: task === null ? records.readRequest(runId) : null,
    checkpoint: readCheckpoint(context, key),
  }
}

function recordOtherwise({ database }: StoreContext, key: Cells, { isolation, reasonOtherwise }: ClaimOptions): void {
  if (reasonOtherwise === undefined) return
  const mode: ExecutionMode = isolation === 'in-process' ? 'legacy' : 'worker'
  const reason = encoded(() => encodeFields(stepTable, { reason: reasonOtherwise }))
  database.run(executeOtherwise, { ...key, ...reason, execution_mode: mode })
}

function readCheckpoint({ database }: StoreContext, key: Cells): Checkpoint | null {
  return database.list(checkpointTable, selectCheckpoint, key)[0] ?? null
}

function startedSession(
  attempt: Pick<SessionRecord, 'runId' | 'step' | 'attempt' | 'sessionId'>,
  { isolation, heapLimitMb = null }: ClaimOptions,
  createdAt: number,
): SessionRecord {
  return {
    ...attempt,
    isolation,
    heapLimitMb,
    status: 'running',
    createdAt,
    ...NO_FIGURES_YET,
  }
}

function ofLease(host: StoreContext['host']): Cells {
  return { boot_id: host.bootId, kernel_boot_id: host.kernelBootId, monotonic: monotonicNow() }
}

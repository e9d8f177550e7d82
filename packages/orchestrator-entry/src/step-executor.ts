import type { RunStore } from '@mayfly/run-store'
import {
  type AgentSupervisor,
  type ArtifactReference,
  type IsolationRequest,
  type LogLine,
  type Outcome,
  type Permissions,
  runInProcess,
  type SessionJournal,
  type Submission,
  type TaskOptions,
} from '@mayfly/supervisor'
import { keepLatest } from './latest-artifacts.ts'
import type { Logger } from './logger.ts'
import type { Redactor } from './redactor.ts'
import { checkStepResult, type StepResult, type StepTask } from './step-task.ts'

/** How a step ended, whichever path it took. */
export interface StepExecution {
  readonly result: StepResult | null
  /** Null when the step was refused before a session began. */
  readonly outcome: Outcome | null
  readonly error: unknown
  /** What it gave back and what its workflow did not accept; `error` says why. */
  readonly rejected?: StepResult | null
  readonly artifacts: readonly ArtifactReference[]
}

export interface StepLimits {
  /** Where there is a worker. */
  readonly isolation: IsolationRequest
  /** What its worker may reach; undefined: whatever this process may. */
  readonly permissions: Permissions | undefined
  readonly heapLimitMb: number | undefined
  readonly timeoutMs: number
  readonly graceMs: number
  readonly signal: AbortSignal | undefined
}

export interface StepExecutorOptions {
  readonly task: StepTask
  readonly limits: StepLimits
  readonly storeFolder: string
  readonly artifactFolder: string
  readonly store: RunStore
  readonly logger: Logger
  readonly redactor: Redactor
  readonly onProgress: ((value: unknown) => void) | undefined
  /** Variables that its agent needs beyond those that every worker sees. */
  readonly environment?: Readonly<Record<string, string>>
  /** Undefined for a step that is executed past the queue. */
  readonly attempt: StepAttempt | undefined
}

/** What an attempt that was claimed from the queue brings along. */
export interface StepAttempt {
  readonly sessionId: string
  readonly number: number
  readonly lastCheckpoint: unknown
  /** Milliseconds that are left for it and all that follow; undefined: no limit. */
  readonly deadlineMs: number | undefined
  readonly onCheckpoint: (value: unknown) => void
  readonly onChild: (pid: number, alive: boolean) => void
}

/** A step that was handed over and can be told to end. */
export interface RunningStep {
  readonly ended: Promise<StepExecution>
  /** Somebody does not want it any more. */
  cancel(reason: string): void
  interrupt(reason: string): void
  killChildrenSync(): void
}

/** Its own door in `exports`, so that workers find it from source and from dist alike. */
const handler = { module: import.meta.resolve('@mayfly/orchestrator-entry/run-step'), export: 'runStep' }

/** More than this of one step's log lines are not stored. */
const KEPT_LOG_LINES = 500

/** The legacy path: the step runs in this process. */
export const executeInProcess = (options: StepExecutorOptions, journal: SessionJournal): RunningStep => {
  const artifacts: ArtifactReference[] = []
  const submission = runInProcess({ handler, input: options.task }, taskOptions(options, artifacts), journal)
  return {
    ended: submission.outcome.then(
      () => settle(submission, options.task, artifacts).finally(() => submission.swept()),
      (error: unknown) => refused(error),
    ),
    cancel: (reason) => submission.cancel(reason),
    interrupt: (reason) => submission.interrupt(reason),
    killChildrenSync: () => submission.killChildrenSync(),
  }
}

/** The worker path: the step runs in a worker of its own, which ends with it. */
export const executeInWorker = (options: StepExecutorOptions, supervisor: AgentSupervisor): RunningStep => {
  const { logger, task } = options
  const artifacts: ArtifactReference[] = []
  logger.info(`Spawning worker for step ${task.step.number}`)
  const submission = supervisor.submit(
    { handler, input: task },
    {
      ...taskOptions(options, artifacts),
      ...tierOf(options.limits),
      onRunning: (sessionId) => logger.info(`Worker spawned: ${sessionId}`),
    },
  )
  const ended = settle(submission, task, artifacts)
  return {
    ended: ended.then((execution) => {
      const { status, cause } = execution.outcome ?? { status: 'refused', cause: String(execution.error) }
      logger.info(`Worker ${status}: ${submission.sessionId}${status === 'completed' ? '' : ` (${cause})`}`)
      return execution
    }),
    cancel: (reason) => submission.cancel(reason),
    // The supervisor ends its workers and their children itself when it is closed.
    interrupt: () => {},
    killChildrenSync: () => supervisor.killChildrenSync(),
  }
}

/** Only a process can be restricted, whatever else was stored with the run. */
const tierOf = ({ isolation, permissions }: StepLimits): Pick<TaskOptions, 'isolation' | 'permissions'> =>
  permissions === undefined ? { isolation } : { isolation: 'process', permissions }

const taskOptions = (options: StepExecutorOptions, artifacts: ArtifactReference[]): TaskOptions => {
  const { task, limits, storeFolder, onProgress, attempt } = options
  const claimed = attempt === undefined ? {} : { claimed: 1 }
  return {
    ...(attempt !== undefined && attemptOptions(attempt)),
    timeoutMs: limits.timeoutMs,
    graceMs: limits.graceMs,
    ...(limits.heapLimitMb !== undefined && { heapLimitMb: limits.heapLimitMb }),
    ...(limits.signal !== undefined && { signal: limits.signal }),
    ...(options.environment !== undefined && { environment: options.environment }),
    artifactFolder: options.artifactFolder,
    metadata: { runId: task.runId, step: task.step.number, storeFolder, ...claimed },
    onArtifact: (artifact) => keepLatest(artifacts, artifact),
    onLog: keepLog(options),
    ...(onProgress !== undefined && { onProgress }),
  }
}

const attemptOptions = (attempt: StepAttempt): TaskOptions => ({
  sessionId: attempt.sessionId,
  attempt: attempt.number,
  onCheckpoint: attempt.onCheckpoint,
  onChild: attempt.onChild,
  ...(attempt.lastCheckpoint !== undefined && { lastCheckpoint: attempt.lastCheckpoint }),
  ...(attempt.deadlineMs !== undefined && { deadlineMs: attempt.deadlineMs }),
})

/** Log lines go to the log at once and to the run's events. */
const keepLog = ({ task, store, logger, redactor, attempt }: StepExecutorOptions): ((line: LogLine) => void) => {
  let kept = 0
  return ({ source, text }) => {
    logger.info(text)
    if (kept++ > KEPT_LOG_LINES) return
    const stored = kept > KEPT_LOG_LINES ? 'Later log lines are not stored.' : redactor.text(text)
    const sessionId = attempt?.sessionId ?? null
    const event = { runId: task.runId, sessionId, type: source, data: { step: task.step.number, text: stored } }
    store.appendEvent(event).catch((error: unknown) => logger.warn(`A log line could not be stored: ${String(error)}`))
  }
}

const settle = async (
  submission: Submission,
  task: StepTask,
  artifacts: readonly ArtifactReference[],
): Promise<StepExecution> => {
  try {
    const value = await submission.result
    return {
      result: checkStepResult(value, task, artifacts),
      outcome: await submission.outcome,
      error: null,
      artifacts,
    }
  } catch (error) {
    const outcome = await submission.outcome.catch(() => null)
    return { result: null, outcome, error, artifacts }
  }
}

const refused = (error: unknown): StepExecution => ({ result: null, outcome: null, error, artifacts: [] })

import { setTimeout as delay } from 'node:timers/promises'
import type { AgentReference } from '@mayfly/agents'
import {
  type AttemptEnd,
  type Claim,
  type ClaimOptions,
  type ExecutionMode,
  type Follow,
  processStartTime,
  type RunRecord,
  RunStoreError,
  type SessionRecord,
  StoreFencedError,
} from '@mayfly/run-store'
import type { AgentSupervisor, IsolationRequest, SessionJournal } from '@mayfly/supervisor'
import { environmentFor } from '../agent-environment.ts'
import type { Environment } from '../detect-runtime.ts'
import { UsageError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Redactor } from '../redactor.ts'
import { workerPermissions } from '../restriction/worker-permissions.ts'
import {
  executeInProcess,
  executeInWorker,
  type RunningStep,
  type StepAttempt,
  type StepExecution,
  type StepExecutorOptions,
} from '../step-executor.ts'
import { makeArtifactFolder, makeStepFolder } from '../store-registry.ts'
import { earlierArtifacts } from '../workflow/earlier-artifacts.ts'
import { rejectFailedChecks } from '../workflow/failed-checks.ts'
import { SpendingWatch } from '../workflow/spending-watch.ts'
import { assertNotStale } from '../workflow/stale-step.ts'
import { nameAttempt } from '../workflow/step-names.ts'
import type { WorkflowShelf } from '../workflow/stored-workflow.ts'
import { openWholeStep, type WholeStep } from '../workflow/whole-step.ts'
import { writeGate } from '../workflow/write-gate.ts'
import { attemptEnd, decideFor, type EndedAttempt, refuseRetry } from './attempt-end.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.ts'
import { DeadlineExceededError } from './deadline-exceeded-error.ts'
import { isMemoryCause } from './error-class.ts'
import { previousReport } from './previous-report.ts'
import type { StoreDesk } from './store-desk.ts'
import { parseStoredRequest, type StoredRequest } from './stored-request.ts'

export interface AttemptRunnerParts {
  readonly logger: Logger
  readonly redactor: () => Redactor
  readonly supervisor: () => AgentSupervisor | undefined
  /** Where agents get the variables that they need from. */
  readonly environment: () => Environment
  /** Keeps what an agent must keep to itself out of log and records. */
  readonly hideSecretsOf: (agent: AgentReference) => void
  readonly shelf: WorkflowShelf
  /** A worker of this host of the store is about to start. */
  readonly onWorker: (bootId: string) => void
  /** Steps that run now, so that a shutdown finds them. */
  readonly active: Map<RunningStep, Promise<unknown>>
}

/** What is known of an attempt by the time it ends; one that could not be begun knows little. */
interface Attempt {
  request?: StoredRequest
  /** Of a run with all its steps. */
  whole?: WholeStep
  watch?: SpendingWatch
  readonly execution: StepExecution
}

export interface AttemptCall {
  readonly desk: StoreDesk
  readonly claim: Claim
  readonly mode: ExecutionMode
  /** As it was typed; the store has it without secrets. @default as stored */
  readonly prompt?: string | undefined
  /** @default as stored */
  readonly request?: StoredRequest | undefined
  /** Whether the queue is to have back what the end of this process cuts short. */
  readonly handsBack: boolean
  /** How long the end of an attempt is tried to be written to a full or locked store, in milliseconds. */
  readonly patienceMs: number
  /** Asked when the attempt ends: what is to be claimed in the transaction that writes its end. @default nothing */
  readonly next?: (() => ClaimOptions | undefined) | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((value: unknown) => void) | undefined
}

export interface AttemptReport {
  readonly execution: StepExecution
  /** As the attempt left it; `null` when another process has taken over and nothing was written. */
  readonly run: RunRecord | null
  /** What was claimed with its end. */
  readonly next: Claim | null
}

/** As an attempt is settled that others have taken over. */
const NOTHING_SETTLED = { run: null, next: null } as const

const FIRST_REWRITE_MS = 50
const LONGEST_REWRITE_MS = 2000

/** The attempt has a session of its own already. */
const noJournal: SessionJournal = { queued: () => {} }

/** Makes one attempt that was claimed, and writes down all that its end changes. */
export class AttemptRunner {
  readonly #parts: AttemptRunnerParts
  readonly #running: Set<Promise<unknown>> = new Set()

  constructor(parts: AttemptRunnerParts) {
    this.#parts = parts
  }

  /** @throws RunStoreError when the end could not be written. */
  async run(call: AttemptCall): Promise<AttemptReport> {
    const running = this.#run(call)
    this.#running.add(running)
    return await running.finally(() => this.#running.delete(running))
  }

  /** Resolves when every attempt that runs now has ended and is written down. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  async #run(call: AttemptCall): Promise<AttemptReport> {
    const startedAt = Date.now()
    const { request, whole, watch, execution } = await this.#attempt(call)
    const ended: EndedAttempt = {
      claim: call.claim,
      execution,
      executionMode: call.mode,
      backoffMs: request?.backoffMs ?? 0,
      handsBack: call.handsBack,
      isWhole: whole !== undefined,
      report: watch?.report,
      startedAt,
      endedAt: Date.now(),
    }
    return { execution, ...(await this.#settle(call, ended, whole, watch)) }
  }

  async #attempt(call: AttemptCall): Promise<Attempt> {
    const attempt: Partial<Attempt> = {}
    try {
      const { deadlineAt } = call.claim
      await this.#open(call, attempt)
      if (deadlineAt !== null && deadlineAt <= Date.now()) throw new DeadlineExceededError(deadlineAt)
      const options = await this.#stepOptions(call, attempt)
      const execution = await this.#execute(call, options, attempt.watch)
      return { ...attempt, execution: await this.#judge(call, attempt, execution) }
    } catch (error) {
      return { ...attempt, execution: { result: null, outcome: null, error, artifacts: [] } }
    }
  }

  async #open({ desk, claim, request }: AttemptCall, attempt: Partial<Attempt>): Promise<void> {
    attempt.watch = await SpendingWatch.open(desk.store, claim)
    if (claim.task === null) {
      attempt.request = request ?? parseStoredRequest(claim.request, claim.runId)
      return
    }
    const workflow = await this.#parts.shelf.get(desk.store, claim.runId)
    attempt.whole = await openWholeStep(desk.store, workflow, claim)
    attempt.request = attempt.whole.request
    await assertNotStale(desk.store, workflow, claim)
  }

  /** What a whole run asks of a step beyond having ended: its checks, its gate, its budget. */
  async #judge(
    call: AttemptCall,
    { whole, watch }: Partial<Attempt>,
    execution: StepExecution,
  ): Promise<StepExecution> {
    if (whole === undefined) return execution
    const judged = rejectFailedChecks(watch?.cutShort(execution) ?? execution)
    if (whole.gate === null) return judged
    try {
      const folder = makeArtifactFolder(call.desk.folder, call.claim.runId)
      return await writeGate(whole, judged, folder, call.claim, this.#parts.redactor())
    } catch (error) {
      // The work was done: what it made and what it took stay on record.
      return { ...judged, result: null, rejected: judged.result ?? judged.rejected ?? null, error }
    }
  }

  async #execute(
    { desk, claim, mode }: AttemptCall,
    options: StepExecutorOptions,
    watch: SpendingWatch | undefined,
  ): Promise<StepExecution> {
    const { active } = this.#parts
    // Nothing begins that a shutdown would not find.
    if (desk.isClosing) throw new UsageError('ORCHESTRATOR_CLOSED', 'The orchestrator is shutting down.')
    const supervisor = this.#parts.supervisor()
    if (mode === 'worker') this.#parts.onWorker(desk.store.bootId)
    const step =
      mode === 'worker' && supervisor !== undefined
        ? executeInWorker(options, supervisor)
        : executeInProcess(options, noJournal)
    active.set(step, step.ended)
    watch?.onSpent((reason) => step.cancel(reason))
    desk.watch(claim.sessionId, step)
    try {
      return await step.ended
    } finally {
      active.delete(step)
    }
  }

  async #stepOptions(call: AttemptCall, attempt: Partial<Attempt>): Promise<StepExecutorOptions> {
    const { desk, claim, signal } = call
    const { runId, run } = claim
    const { whole, watch } = attempt
    const request = attempt.request as StoredRequest
    this.#parts.hideSecretsOf(request.agent)
    const sessions = claim.attempt === 1 ? [] : await desk.store.listSessions(runId, { step: claim.step })
    const previous = previousReport(claim, sessions, (whole?.planned.agents.length ?? 1) > 1)
    return {
      task: {
        runId,
        prompt: call.prompt ?? run.prompt,
        cwd: run.cwd,
        complexity: run.complexity ?? 0.5,
        step: request.step,
        agent: request.agent,
        ...(previous !== undefined && { previous }),
        ...(whole !== undefined && { brief: whole.brief }),
      },
      environment: environmentFor(request.agent, this.#parts.environment()),
      limits: {
        isolation: isolationFor(request.isolation, claim, sessions),
        permissions: await workerPermissions({
          ...{ agent: request.agent, cwd: run.cwd, storeFolder: desk.folder },
          runArtifacts: makeArtifactFolder(desk.folder, runId),
          schema: whole?.brief.schema ?? null,
        }),
        heapLimitMb: request.heapLimitMb ?? undefined,
        timeoutMs: request.timeoutMs,
        graceMs: request.graceMs,
        signal,
      },
      storeFolder: desk.folder,
      artifactFolder:
        whole === undefined
          ? makeArtifactFolder(desk.folder, runId, claim.attempt)
          : makeStepFolder(desk.folder, runId, claim.step, claim.attempt),
      store: desk.store,
      logger: this.#parts.logger,
      redactor: this.#parts.redactor(),
      onProgress: call.onProgress,
      attempt: this.#stepAttempt(call, watch),
    }
  }

  #stepAttempt({ desk, claim }: AttemptCall, watch: SpendingWatch | undefined): StepAttempt {
    const { logger, redactor } = this.#parts
    const { store } = desk
    const note = (what: string, write: () => Promise<void>): void => {
      // What others have taken over is no news for this attempt, which is being ended.
      write().catch((error: unknown) => {
        if (!(error instanceof StoreFencedError)) logger.warn(`${what} could not be stored: ${String(error)}`)
      })
    }
    return {
      sessionId: claim.sessionId,
      number: claim.attempt,
      lastCheckpoint: decodeCheckpoint(claim.checkpoint),
      deadlineMs: shorter(
        claim.deadlineAt === null ? undefined : Math.max(1, claim.deadlineAt - Date.now()),
        watch?.leftMs,
      ),
      onCheckpoint: (value) => {
        note('A checkpoint', async () => store.saveCheckpoint(claim, encodeCheckpoint(redactor().json(value))))
        if (watch !== undefined) note('What was used', () => watch.hear(value))
      },
      onChild: (pid, alive) =>
        note('A child process', () =>
          alive
            ? store.registerChild(claim, { pid, processStarted: processStartTime(pid), leadsGroup: true })
            : store.unregisterChild(claim, pid),
        ),
    }
  }

  /** A store that is full or locked for a moment must not lose what an attempt has come to. */
  async #settle(
    call: AttemptCall,
    ended: EndedAttempt,
    whole: WholeStep | undefined,
    watch: SpendingWatch | undefined,
  ): Promise<Pick<AttemptReport, 'run' | 'next'>> {
    const { desk, claim, patienceMs } = call
    const { logger } = this.#parts
    const wanted = decideFor(ended)
    const cutBy = await watch?.whatStops(ended.execution, wanted)
    const decision = cutBy === undefined || wanted === undefined ? wanted : refuseRetry(wanted)
    const redactor = this.#parts.redactor()
    const { artifacts } = ended.execution
    const earlier = whole === undefined ? [] : await earlierArtifacts(desk.store, claim, artifacts)
    const end = attemptEnd(ended, decision, redactor, earlier)
    const follow = whole?.follow({ execution: ended.execution, hold: !call.handsBack, cutBy, redactor })
    const giveUpAt = Date.now() + patienceMs
    try {
      for (let waitMs = FIRST_REWRITE_MS; ; waitMs = Math.min(LONGEST_REWRITE_MS, waitMs * 2)) {
        try {
          const settled = await settle(call, end, follow)
          if (decision !== undefined) logger.info(`${nameAttempt(claim)}: ${decision.because}`)
          return settled
        } catch (error) {
          if (error instanceof StoreFencedError) return NOTHING_SETTLED
          if (!isPassing(error) || desk.isClosing || Date.now() + waitMs > giveUpAt) throw error
          logger.warn(`The end of run ${claim.runId} could not be written, trying again: ${error.message}`)
          await delay(waitMs)
        }
      }
    } finally {
      desk.unwatch(claim.sessionId)
    }
  }
}

const settle = async (
  { desk, claim, next }: AttemptCall,
  end: AttemptEnd,
  follow: Follow | undefined,
): Promise<Pick<AttemptReport, 'run' | 'next'>> => {
  const wanted = desk.isClosing ? undefined : next?.()
  if (wanted === undefined) return { run: await desk.store.settle(claim, end, follow), next: null }
  const { run, claim: claimed } = await desk.store.settleAndClaim(claim, end, follow, wanted)
  return { run, next: claimed }
}

/** An attempt that ran out of memory in a thread is made again in a process, which dies alone. */
const isolationFor = (asked: IsolationRequest, claim: Claim, sessions: readonly SessionRecord[]): IsolationRequest => {
  const last = sessions.findLast(({ step, attempt }) => step === claim.step && attempt < claim.attempt)
  return last !== undefined && isMemoryCause(last.cause) ? 'process' : asked
}

const shorter = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)

const isPassing = (error: unknown): error is RunStoreError =>
  error instanceof RunStoreError && (error.code === 'STORE_LOCKED' || error.code === 'STORE_UNWRITABLE')

import type { AcceptedRun, JsonValue } from '@mayfly/run-store'
import { UsageError } from './errors.ts'
import type { ExecutionPath } from './execution-path.ts'
import type { PromptOptions } from './orchestrator-options.ts'
import type { PreparedRun } from './prepare-run.ts'
import type { StoredRequest } from './queue/stored-request.ts'
import type { Redactor } from './redactor.ts'
import { decisions } from './run-record-writer.ts'
import type { Settings } from './settings.ts'

const LONGEST_KEY = 1000

/** What the store keeps so that any process can execute the run's step. */
export const storedRequest = ({ step, agent }: PreparedRun, settings: Settings): StoredRequest => ({
  version: 1,
  step,
  agent,
  isolation: settings.isolation.value,
  heapLimitMb: settings.heapLimitMb.value ?? null,
  timeoutMs: settings.timeoutMs.value,
  graceMs: settings.graceMs.value,
  backoffMs: settings.backoffMs.value,
})

export interface Acceptable {
  readonly run: PreparedRun
  readonly path: ExecutionPath
  readonly settings: Settings
  readonly runtime: string
  readonly redactor: Redactor
  readonly options: PromptOptions
  /** MB that an attempt commits; `null`: what its claimer says. */
  readonly memoryMb: number | null
}

/** The run as it is accepted, its first step waiting. */
export const acceptedRun = (given: Acceptable): Omit<AcceptedRun, 'claim' | 'hold'> => {
  const { run, path, settings, runtime, redactor, options, memoryMb } = given
  const { runId, cwd, step, agent } = run
  const deadlineMs = settings.deadlineMs.value
  return {
    runId,
    prompt: redactor.text(run.prompt),
    cwd,
    ...decisions(run, path, runtime, { [step.agent]: run.agentReason }),
    request: storedRequest(run, settings) as unknown as JsonValue,
    idempotencyKey: checkKey('idempotencyKey', options.idempotencyKey),
    steps: [
      {
        step: step.number,
        name: step.name,
        agent: agent.name,
        repeatable: run.repeatable,
        maxAttempts: settings.attempts.value ?? run.attempts ?? 1,
        memoryMb,
        concurrencyKey: checkKey('concurrencyKey', options.concurrencyKey),
        priority: options.priority ?? 0,
        deadlineAt: deadlineMs === undefined ? null : Date.now() + Math.round(deadlineMs),
      },
    ],
  }
}

/** @throws UsageError `SETTING_INVALID` */
export const checkKey = (option: string, key: string | undefined): string | null => {
  if (key === undefined) return null
  const isText = typeof key === 'string' && !key.includes('\0') && key.isWellFormed()
  if (isText && key.trim() !== '' && key.length <= LONGEST_KEY) return key
  const got = !isText ? 'what is no text' : key.trim() === '' ? 'an empty one' : `${key.length} characters`
  throw new UsageError(
    'SETTING_INVALID',
    `Option ${option}: expected 1 to ${LONGEST_KEY} characters, none of them NUL or half of one, got ${got}.`,
  )
}

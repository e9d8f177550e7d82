import { AgentSupervisor, type Outcome, type TaskOptions } from '@mayfly/supervisor'
import { type Call, limits, type Pool } from './subject.ts'

/** A loaded machine takes its time to start a worker; that is not what is tried here. */
const STARTUP_MS = 500

/** A supervisor whose every task is isolated in this way. */
export const openSupervisor = (isolation: 'thread' | 'process'): Pool => {
  const supervisor = new AgentSupervisor({ maxWorkers: limits.workers, isolation })
  return {
    run: async ({ module, export: name, input, timeLimitMs, onOutcome }: Call) => {
      const options = { ...taskOptions, timeoutMs: timeLimitMs, startupTimeoutMs: timeLimitMs + STARTUP_MS }
      const submission = supervisor.submit({ handler: { module, export: name }, input }, options)
      submission.outcome.then(onOutcome, () => {})
      const value = await submission.result
      assertIsolated(await submission.outcome, isolation)
      return value
    },
    close: () => supervisor.close({ force: true }),
  }
}

/** Or one tier would be praised for what the other did; the harmless task before the dangerous one tells. */
const assertIsolated = (outcome: Outcome, expected: string): void => {
  if (outcome.isolation !== expected) throw new Error(`The task ran in a ${outcome.isolation}, expected a ${expected}`)
}

const taskOptions: TaskOptions = {
  heapLimitMb: limits.heapMb,
  externalLimitMb: limits.externalMb,
  graceMs: limits.graceMs,
  exitTimeoutMs: limits.exitTimeoutMs,
  onProgress: () => {},
  onLog: () => {},
  onCheckpoint: () => {},
}

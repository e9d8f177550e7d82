import { AgentSupervisor } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import type { Section } from '../common/report.ts'
import { runImportingWorker } from './raw-worker.ts'
import { type Timing, timedTask } from './timed-task.ts'

const LONGEST_WAIT_MS = 100

/**
 * How long a result is on its way. The task ends at a moment that nobody can foresee, so a supervisor that looked for
 * results every so often would show half its interval here.
 */
export const measureDelivery = async (rounds: number): Promise<Section> => {
  await using supervisor = new AgentSupervisor()
  const samples = await interleave(
    { 'raw Worker, message event': timeRaw, 'supervisor.run': () => timeSupervised(supervisor) },
    { rounds, warmUp: 3, name: 'supervisor, delivery' },
  )
  return compare(samples, 'delivery', {
    title: "From the task's last line to the caller's continuation",
    unit: 'ms',
    baseline: 'raw Worker, message event',
    note: `The task waits 0 to ${LONGEST_WAIT_MS} ms, at random, before it returns. Polling every N ms would cost N / 2 here on average.`,
  })
}

const timeRaw = async (): Promise<{ delivery: number }> => {
  const { timing, receivedAt, gone } = await runImportingWorker(someWait())
  await gone
  return { delivery: receivedAt - timing.doneAt }
}

const timeSupervised = async (supervisor: AgentSupervisor): Promise<{ delivery: number }> => {
  const drained = new Promise<void>((resolve) => supervisor.once('idle', resolve))
  const { doneAt } = await supervisor.run<Timing>({ handler: timedTask, input: { waitMs: someWait() } })
  const delivery = now() - doneAt
  await drained
  return { delivery }
}

const someWait = (): number => Math.random() * LONGEST_WAIT_MS

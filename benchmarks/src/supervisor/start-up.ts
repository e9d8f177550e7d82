import type { AgentSupervisor } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave, type Samples } from '../common/interleave.ts'
import type { Section } from '../common/report.ts'
import { type RawResult, runBareWorker, runImportingWorker } from './raw-worker.ts'
import { type Timing, timedTask } from './timed-task.ts'

type Quantity = 'toFirstLine' | 'toResult' | 'toNext'

/** How long it takes from the call to the first line of the task's code, and to the caller's result. */
export const measureStartUp = async (supervisor: AgentSupervisor, rounds: number): Promise<Section[]> => {
  const samples = await interleave(
    {
      'raw Worker, bare module': () => timeRaw(runBareWorker),
      'raw Worker that imports the task': () => timeRaw(() => runImportingWorker(0)),
      'supervisor.run': () => timeSupervised(supervisor),
    },
    { rounds, warmUp: 3, name: 'supervisor, start-up' },
  )
  return sections(samples)
}

const baseline = 'raw Worker, bare module'

const sections = (samples: Readonly<Record<string, Samples<Quantity>>>): Section[] => [
  compare(samples, 'toFirstLine', {
    title: "From the call to the first line of the task's code",
    unit: 'ms',
    baseline,
    note: 'A bare module is one file without an import; the other two import the same module as their task.',
  }),
  compare(samples, 'toResult', { title: "From the call to the caller's result", unit: 'ms', baseline, note: '' }),
  compare(samples, 'toNext', { title: 'From the call until the thread is gone', unit: 'ms', baseline, note: '' }),
]

const timeRaw = async (start: () => Promise<RawResult>): Promise<Record<Quantity, number>> => {
  const calledAt = now()
  const { timing, receivedAt, gone } = await start()
  await gone
  return { toFirstLine: timing.firstLine - calledAt, toResult: receivedAt - calledAt, toNext: now() - calledAt }
}

const timeSupervised = async (supervisor: AgentSupervisor): Promise<Record<Quantity, number>> => {
  const drained = new Promise<void>((resolve) => supervisor.once('drain', resolve))
  const calledAt = now()
  const timing = await supervisor.run<Timing>({ handler: timedTask, input: { waitMs: 0 } })
  const receivedAt = now()
  await drained
  return { toFirstLine: timing.firstLine - calledAt, toResult: receivedAt - calledAt, toNext: now() - calledAt }
}

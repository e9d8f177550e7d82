import type { AgentSupervisor } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave, type Samples } from '../common/interleave.ts'
import type { Section } from '../common/report.ts'
import { runImportingFork } from './raw-fork.ts'
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
  const note = 'A bare module is one file without an import; the other two import the same module as their task.'
  return sections(samples, { what: 'thread', baseline: 'raw Worker, bare module', note })
}

/** The same for tier `process`, beside a plain fork. */
export const measureProcessStartUp = async (supervisor: AgentSupervisor, rounds: number): Promise<Section[]> => {
  const samples = await interleave(
    {
      'raw fork that imports the task': () => timeRaw(() => runImportingFork(0)),
      'supervisor.run, isolation process': () => timeSupervised(supervisor, 'process'),
    },
    { rounds, warmUp: 3, name: 'supervisor, start-up of processes' },
  )
  const note = 'Both import the same module as their task and are ended by SIGKILL when it has answered.'
  return sections(samples, { what: 'process', baseline: 'raw fork that imports the task', note })
}

const sections = (
  samples: Readonly<Record<string, Samples<Quantity>>>,
  { what, baseline, note }: { readonly what: string; readonly baseline: string; readonly note: string },
): Section[] => {
  const head = { unit: 'ms', baseline, note: '' }
  return [
    compare(samples, 'toFirstLine', { ...head, title: `From the call to the task's first line, ${what}`, note }),
    compare(samples, 'toResult', { ...head, title: `From the call to the caller's result, ${what}` }),
    compare(samples, 'toNext', { ...head, title: `From the call until the ${what} is gone` }),
  ]
}

const timeRaw = async (start: () => Promise<RawResult>): Promise<Record<Quantity, number>> => {
  const calledAt = now()
  const { timing, receivedAt, gone } = await start()
  await gone
  return { toFirstLine: timing.firstLine - calledAt, toResult: receivedAt - calledAt, toNext: now() - calledAt }
}

const timeSupervised = async (
  supervisor: AgentSupervisor,
  isolation: 'thread' | 'process' = 'thread',
): Promise<Record<Quantity, number>> => {
  const drained = new Promise<void>((resolve) => supervisor.once('drain', resolve))
  const calledAt = now()
  const timing = await supervisor.run<Timing>({ handler: timedTask, input: { waitMs: 0 } }, { isolation })
  const receivedAt = now()
  await drained
  return { toFirstLine: timing.firstLine - calledAt, toResult: receivedAt - calledAt, toNext: now() - calledAt }
}

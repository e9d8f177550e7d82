import { AgentSupervisor } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import type { Section } from '../common/report.ts'
import { runImportingWorker } from './raw-worker.ts'
import { timedTask } from './timed-task.ts'

const AT_ONCE = 4
const TASKS = 40

/** Tasks per second when there are always more of them than workers, each in a thread of its own. */
export const measureThroughput = async (rounds: number): Promise<Section> => {
  await using supervisor = new AgentSupervisor({ maxWorkers: AT_ONCE })
  const samples = await interleave(
    {
      'raw Workers that import the task': () => tasksPerSecond(runRawWorkers),
      'supervisor.run': () => tasksPerSecond(() => runSupervised(supervisor)),
    },
    { rounds, warmUp: 1, name: 'supervisor, throughput' },
  )
  return compare(samples, 'tasksPerSecond', {
    title: `Throughput with ${AT_ONCE} workers at a time`,
    unit: 'tasks per second; higher is better',
    baseline: 'raw Workers that import the task',
    note: `Each sample is ${TASKS} tasks that do nothing; a thread gives its place to the next when it is gone.`,
  })
}

const tasksPerSecond = async (runAll: () => Promise<unknown>): Promise<{ tasksPerSecond: number }> => {
  const startedAt = now()
  await runAll()
  return { tasksPerSecond: (TASKS / (now() - startedAt)) * 1000 }
}

const runRawWorkers = async (): Promise<void> => {
  let waiting = TASKS
  const place = async (): Promise<void> => {
    while (waiting-- > 0) await (await runImportingWorker(0)).gone
  }
  await Promise.all(Array.from({ length: AT_ONCE }, place))
}

const runSupervised = async (supervisor: AgentSupervisor): Promise<void> => {
  const drained = new Promise<void>((resolve) => supervisor.once('drain', resolve))
  const task = { handler: timedTask, input: { waitMs: 0 } }
  await Promise.all(Array.from({ length: TASKS }, () => supervisor.run(task)))
  await drained
}

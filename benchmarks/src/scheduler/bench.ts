import { type Mark, markAfter, type ScheduleEvent, schedule, startMarks } from '@mayfly/workflows'
import { now } from '../common/clock.ts'
import { observeEnvironment } from '../common/environment.ts'
import { interleave, type Measure } from '../common/interleave.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import type { Grid } from '../common/report.ts'
import { summarise } from '../common/summary.ts'
import { planOf, type Shape } from './plans.ts'

const SHAPES: readonly Shape[] = ['chain', 'wide', 'layers of 10', 'chain, sent back once']

const method = `One sample is a whole run in which every step is completed at once, its marks kept in memory: what is counted is the
time in \`schedule\`, from the plan as it was just made to the end. The shapes take turns, after 2 rounds that do not count.`

type Quantity = 'run' | 'median call' | 'slowest call'

/** What it costs to decide what follows. \`--samples N\` (10) rounds. */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 10)
  const observed = await observeEnvironment()
  const sections: Grid[] = []
  for (const count of [1000, 5000]) sections.push(await measure(count, samples))
  const title = "The scheduler's own time in a workflow"
  await publish({ name: 'scheduler', title, environment: observed(), method, sections }, json)
}

const measure = async (count: number, rounds: number): Promise<Grid> => {
  const subjects = Object.fromEntries(SHAPES.map((shape) => [shape, sampler(shape, count)])) as Record<
    Shape,
    Measure<Quantity>
  >
  const taken = await interleave(subjects, { rounds, warmUp: 2, name: `scheduler, ${count} steps` })
  const rows = SHAPES.map((name) => ({
    name,
    cells: Object.fromEntries(Object.entries(taken[name]).map(([quantity, values]) => [quantity, summarise(values)])),
  }))
  return { kind: 'grid', title: `${count} steps`, unit: 'ms', corner: 'shape', note: '', rows }
}

const sampler =
  (shape: Shape, count: number): Measure<Quantity> =>
  async () => {
    const calls = timesOf(shape, count).toSorted((one, other) => one - other)
    const total = calls.reduce((sum, ms) => sum + ms, 0)
    return { run: total, 'median call': calls[calls.length >> 1] ?? 0, 'slowest call': calls.at(-1) ?? 0 }
  }

/** Milliseconds of each call in a run. */
const timesOf = (shape: Shape, count: number): number[] => {
  const plan = planOf(shape, count)
  const marks: Mark[] = startMarks(plan)
  const times: number[] = []
  const queue: number[] = []
  const tell = (event: ScheduleEvent) => {
    const startedAt = now()
    const { changes } = schedule(plan, marks, event, { condition: () => true, feedback: () => 'again' })
    times.push(now() - startedAt)
    for (const change of changes) marks[change.step] = markAfter(change)
    for (const { step, to } of changes) if (to === 'queued') queue.push(step)
  }
  tell({ kind: 'start' })
  // Grows while it is walked.
  for (const step of queue) {
    const mark = marks[step] as Mark
    const fails = plan.steps[step]?.onFailure !== undefined && mark.sentBack === 0
    marks[step] = { ...mark, status: fails ? 'failed' : 'completed' }
    tell({ kind: 'ended', step })
  }
  if (marks.some(({ status }) => status !== 'completed')) throw new Error(`A run of ${shape} has not come to its end`)
  return times
}

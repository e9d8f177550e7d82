import { randomInt } from 'node:crypto'
import { printProgress } from '../common/output.ts'
import { makeScratch } from '../common/scratch.ts'
import { createRandom } from '../planner/random.ts'
import { taskNamed, taskNames } from './catalogue/index.ts'
import type { CellRecord } from './cell.ts'
import { describeCell } from './render-cell.ts'
import { type CellPlan, runCell } from './run-cell.ts'
import { subjectNames } from './subjects/index.ts'
import { deviations, judge } from './verdict.ts'

/** As many as there are cores: cells in each other's way measure each other. */
const AT_ONCE = 2

interface Selection {
  readonly tasks: readonly string[]
  readonly subjects: readonly string[]
  readonly seed: number
}

/** Runs every cell, two at a time in seeded order, and gives the records in the catalogue's order. */
export const runMatrix = async ({ tasks, subjects, seed }: Selection): Promise<CellRecord[]> => {
  await using scratch = await makeScratch()
  const plans = shuffled(
    subjects.flatMap((subject) =>
      tasks.map((task): CellPlan => ({ subject, task: taskNamed(task), id: newId(), cache: scratch.folder })),
    ),
    seed,
  )
  const total = plans.length
  const records: CellRecord[] = []
  const lane = async (): Promise<void> => {
    for (let plan = plans.pop(); plan !== undefined; plan = plans.pop()) {
      records.push(await runCell(plan))
      tellProgress(records, total)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return records.sort((one, other) => place(one) - place(other))
}

/** Never one that a process of an earlier run may still carry. */
const newId = (): string => String(randomInt(1e11, 2.8e14 - 1))

const shuffled = <Value>(values: readonly Value[], seed: number): Value[] => {
  const random = createRandom(seed)
  return values
    .map((value) => ({ value, rank: random.next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ value }) => value)
}

const place = ({ subject, task }: CellRecord): number =>
  subjectNames.indexOf(subject) * taskNames.length + taskNames.indexOf(task)

const tellProgress = (records: readonly CellRecord[], total: number): void => {
  const record = records.at(-1)
  if (record === undefined) return
  const task = taskNamed(record.task)
  const problems = deviations(record, task).map((text) => `\n    ${text}`)
  const cell = describeCell(record, judge(record, task))
  printProgress(`[${records.length}/${total}] ${record.subject}, ${record.task}: ${cell}${problems.join('')}`)
}

import { randomInt } from 'node:crypto'
import { printProgress } from '../common/output.ts'
import { makeScratch } from '../common/scratch.ts'
import { createRandom } from '../planner/random.ts'
import { taskNamed } from './catalogue/index.ts'
import type { CellRecord } from './cell.ts'
import { describeCell } from './render-cell.ts'
import { type CellPlan, runCell } from './run-cell.ts'
import { deviations, judge, mayBeSlowness } from './verdict.ts'

/** As many as there are cores: cells in each other's way measure each other. */
const AT_ONCE = 2

interface Selection {
  readonly tasks: readonly string[]
  readonly subjects: readonly string[]
  readonly seed: number
  readonly commit: string | null
}

/** Runs every cell, two at a time in seeded order. */
export const runMatrix = async ({ tasks, subjects, seed, commit }: Selection): Promise<CellRecord[]> => {
  await using scratch = await makeScratch()
  const plans = shuffled(
    subjects.flatMap((subject) =>
      tasks.map((task): CellPlan => ({ subject, task: taskNamed(task), commit, id: newId(), cache: scratch.folder })),
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
  return await retrySlow(records, scratch.folder)
}

/** Once, one at a time. What was lost, died or was left behind counts as it was. */
const retrySlow = async (records: readonly CellRecord[], cache: string): Promise<CellRecord[]> => {
  const settled: CellRecord[] = []
  for (const record of records) {
    const task = taskNamed(record.task)
    if (!mayBeSlowness(record, task)) {
      settled.push(record)
      continue
    }
    printProgress(`${record.subject}, ${record.task}: late beside another cell, tried again alone`)
    const { subject, commit } = record
    settled.push({ ...(await runCell({ subject, task, commit, id: newId(), cache })), isSecondTry: true })
  }
  return settled
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

const tellProgress = (records: readonly CellRecord[], total: number): void => {
  const record = records.at(-1)
  if (record === undefined) return
  const task = taskNamed(record.task)
  const problems = deviations(record, task).map((text) => `\n    ${text}`)
  const cell = describeCell(record, judge(record, task))
  printProgress(`[${records.length}/${total}] ${record.subject}, ${record.task}: ${cell}${problems.join('')}`)
}

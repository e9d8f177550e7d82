import { type Point, slopeOf } from '../slope.ts'
import { type Check, check, sameHandles, show } from '../verdict.ts'
import { addRecorded, addTallies, isSame, nothingRecorded, nothingServed } from './accounts.ts'
import type { AgentsSoakFindings } from './agents-soak.ts'
import type { HostFindings } from './soak-course.ts'

/** Slopes of fewer runs say nothing. */
export const LEAST_RUNS_FOR_SLOPE = 150

/** Bytes for a run: less than is kept of one that has ended. Ends differ in size, and the last 1,000 are kept. */
const FLAT_BELOW_BYTES = 4 * 1024

/** What has to be true when the last run has ended and all has rested. */
export const judgeAgents = (findings: AgentsSoakFindings): Check[] => {
  const { endings, accounts, left, strays, keys, tasks } = findings
  const problems = accounts.flatMap(({ runId, problem }) => (problem === null ? [] : [`${runId}: ${problem}`]))
  return [
    check('every run ended as its script says', endings.surprises.length === 0, few(endings.surprises, 'all')),
    check('every run has on record what it was served', problems.length === 0, few(problems, 'all')),
    checkSums(findings),
    ...checkHost('the serving process', findings.serving, tasks),
    ...checkHost('the application', findings.inPlace, tasks),
    check('no process of an agent outlived its run', strays.length === 0, few(strays, 'none')),
    check('no process is left in the end', left.length === 0, few(left, 'none')),
    check(
      'no key stands in store, artifacts, logs or folders',
      keys.found.length === 0,
      few(keys.found, `none in ${keys.files} files, ${Math.round(keys.bytes / 1024 ** 2)} MB`),
    ),
  ]
}

const few = (lines: readonly string[], none: string): string => lines.slice(0, 5).join('; ') || none

/** Over all runs: what is on record and what was served to nobody is what the server has served. */
const checkSums = ({ accounts, ledger }: AgentsSoakFindings): Check => {
  const recorded = accounts.map((account) => account.recorded).reduce(addRecorded, nothingRecorded)
  const lost = accounts.map((account) => account.lost).reduce(addRecorded, nothingRecorded)
  const known = accounts.map(({ served }) => served).reduce(addTallies, nothingServed)
  const { served } = ledger
  const isWhole = known.requests === served.requests && isSame(addRecorded(recorded, lost), served)
  const calls = accounts.reduce((sum, { toNobody }) => sum + toNobody, 0)
  return check(
    'the ledger is equal to the server’s',
    isWhole,
    `${recorded.inputTokens + recorded.outputTokens} tokens, $${recorded.costUsd.toFixed(6)} on record; ${served.inputTokens + served.outputTokens}, $${served.costUsd.toFixed(6)} served; ${calls} of ${served.requests} calls served to nobody`,
  )
}

const checkHost = (name: string, { before, after, heap }: HostFindings, tasks: number): Check[] => [
  ...(tasks < LEAST_RUNS_FOR_SLOPE ? [] : [checkHeap(name, heap)]),
  check(
    `threads, file descriptors and children of ${name} are as before`,
    after.threads <= before.threads &&
      after.fileDescriptors <= before.fileDescriptors &&
      after.children <= before.children,
    `${before.threads}, ${before.fileDescriptors}, ${before.children}, then ${after.threads}, ${after.fileDescriptors}, ${after.children}`,
  ),
  check(
    `handles of ${name} are as before`,
    sameHandles(before.handles, after.handles),
    `${show(before.handles)}, then ${show(after.handles)}`,
  ),
]

const checkHeap = (name: string, heap: readonly Point[]): Check =>
  check(
    `the heap of ${name} is flat`,
    slopeOf(heap) < FLAT_BELOW_BYTES,
    `${Math.round(slopeOf(heap))} bytes a run (${range(heap)} MB)`,
  )

const range = (heap: readonly Point[]): string => {
  const megabytes = heap.map(({ y }) => y / 1024 ** 2)
  return `${Math.min(...megabytes).toFixed(2)} to ${Math.max(...megabytes).toFixed(2)}`
}

import { AgentSupervisor, type IsolationRequest } from '@mayfly/supervisor'
import { observeEnvironment } from '../common/environment.ts'
import { interleave, type Measure, type Samples } from '../common/interleave.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import type { Grid } from '../common/report.ts'
import { summarise } from '../common/summary.ts'
import { type Figure, floods, measureFlood, measureRawFlood } from './floods.ts'
import { kinds, measureRawValue, measureResult, type Way } from './large-values.ts'

const method = `Everything happens in one process: the supervisor, a timer of 1 ms beside it, and one worker at a time that says what the
row names, in one loop. The stall is the longest time in which that timer did not fire, or \`monitorEventLoopDelay\` with a
resolution of 1 ms, whichever is larger; memory is the highest of readings 10 ms apart, garbage included, above what a full
collection had left. All rows are measured once in each round, in an order that turns, the raw worker among them; figures are medians.
A task that spins and says nothing shows what the machine alone does.`

const tiers = ['thread', 'process'] as const

const RAW = 'raw worker: a million posted messages'

type Measured<Quantity extends string> = Readonly<Record<string, Samples<Quantity>>>

/** What a flood of messages, and a large value, do to the process that supervises. \`--samples N\` (3) rounds. */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 3)
  const observed = await observeEnvironment()
  await using supervisor = new AgentSupervisor()
  const flooded = await interleave(floodSubjects(supervisor), { rounds: samples, warmUp: 0, name: 'channel, floods' })
  const valued = await interleave(valueSubjects(supervisor), { rounds: samples, warmUp: 1, name: 'channel, values' })
  const sections = [
    floodTable(flooded, 'stall', 'Longest stall of the supervising event loop', 'ms'),
    floodTable(flooded, 'heap', 'Growth of its heap', 'MB'),
    floodTable(flooded, 'external', 'Growth of its memory outside the heap', 'MB'),
    floodTable(
      flooded,
      'arrived',
      'Messages that arrived',
      'count',
      'Of progress the latest is kept, of log lines a count.',
    ),
    floodTable(flooded, 'seconds', 'How long the flood took, the start of its worker included', 's'),
    valueTable(valued, 'onTheWay', 'A result of 64 MB, from the last line of its task to whoever waits for it'),
    valueTable(valued, 'stall', 'Longest stall of the supervising event loop by a result of 64 MB'),
  ]
  const title = 'What a worker says, and what it does to its supervisor'
  await publish({ name: 'channel', title, environment: observed(), method, sections }, json)
}

const keyOf = (column: string, row: string): string => `${column}: ${row}`

const floodSubjects = (supervisor: AgentSupervisor): Readonly<Record<string, Measure<Figure>>> =>
  Object.fromEntries([
    [keyOf('raw', RAW), measureRawFlood],
    ...Object.entries(floods).flatMap(([row, flood]) =>
      tiers.map((tier) => [keyOf(tier, row), () => measureFlood(supervisor, tier, flood)] as const),
    ),
  ])

const valueSubjects = (supervisor: AgentSupervisor): Readonly<Record<string, Measure<Way>>> =>
  Object.fromEntries([
    ...kinds.map((kind) => [keyOf('raw clone', kind), () => measureRawValue('clone', kind)] as const),
    [keyOf('raw transfer', 'bytes'), () => measureRawValue('transfer', 'bytes')] as const,
    ...kinds.flatMap((kind) =>
      tiers.map((tier: IsolationRequest) => [keyOf(tier, kind), () => measureResult(supervisor, tier, kind)] as const),
    ),
  ])

const floodTable = (measured: Measured<Figure>, figure: Figure, title: string, unit: string, note = ''): Grid =>
  grid(measured, figure, { title, unit, note }, [RAW, ...Object.keys(floods)], ['raw', ...tiers])

const valueTable = (measured: Measured<Way>, way: Way, title: string): Grid =>
  grid(
    measured,
    way,
    { title, unit: 'ms', note: 'A thread moves bytes, a process copies them through a pipe.' },
    kinds,
    ['raw clone', 'raw transfer', ...tiers],
  )

const grid = <Quantity extends string>(
  measured: Measured<Quantity>,
  quantity: Quantity,
  head: Pick<Grid, 'title' | 'unit' | 'note'>,
  rows: readonly string[],
  columns: readonly string[],
): Grid => ({
  kind: 'grid',
  ...head,
  corner: 'a worker says',
  rows: rows.map((name) => ({
    name,
    cells: Object.fromEntries(
      columns.map((column) => {
        const taken = measured[keyOf(column, name)]?.[quantity]
        return [column, taken === undefined ? null : summarise(taken)]
      }),
    ),
  })),
})

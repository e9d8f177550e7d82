import { interleave } from '../common/interleave.ts'
import type { Grid, Section } from '../common/report.ts'
import { type Summary, summarise } from '../common/summary.ts'
import { acceptFlow, type ExecutedFlow, executeFlow, type Flow } from './execute-flow.ts'

const flows: Readonly<Record<string, Flow>> = {
  'a chain of 100': { shape: 'chain', steps: 100, mode: 'legacy' },
  'a chain of 1,000': { shape: 'chain', steps: 1000, mode: 'legacy' },
  '1,000 at once': { shape: 'wide', steps: 1000, mode: 'legacy' },
  'a chain of 5,000': { shape: 'chain', steps: 5000, mode: 'legacy' },
}

/** At its begin and at its end: what a step costs there tells whether the number of steps does. */
const STRETCH = 50

const columns = {
  total: ({ totalMs }: ExecutedFlow) => totalMs,
  'start to first step': ({ firstMs }: ExecutedFlow) => firstMs,
  'a step, of the first 50': ({ betweenMs }: ExecutedFlow) => summarise(betweenMs.slice(0, STRETCH)).median,
  'a step, of the last 50': ({ betweenMs }: ExecutedFlow) => summarise(betweenMs.slice(-STRETCH)).median,
  'a step, p99 of all': ({ betweenMs }: ExecutedFlow) => summarise(betweenMs).p99,
} as const

type Column = keyof typeof columns

const note = `In place. "a step" is from the end of one agent to the begin of the next one that begins; where several are at work at once it is
shorter than what a step costs.`

/** Workflows of trivial steps from the call to the answer, and a large one until it is on record. */
export const measureManySteps = async (scratch: string, rounds: number): Promise<readonly Section[]> => {
  const measures = Object.entries(flows).map(([name, flow]) => [name, () => figuresOf(scratch, flow)] as const)
  const samples = await interleave<string, Column>(Object.fromEntries(measures), {
    ...{ rounds, warmUp: 0, name: 'workflows, many steps' },
  })
  const rows = Object.entries(samples).map(([name, taken]) => ({
    name,
    cells: Object.fromEntries(Object.entries(taken).map(([column, values]) => [column, summarise(values ?? [])])),
  }))
  const executed: Grid = { kind: 'grid', title: 'Workflows of trivial steps', unit: 'ms', corner: '', note, rows }
  return [executed, await measureAcceptance(scratch, rounds)]
}

const figuresOf = async (scratch: string, flow: Flow): Promise<Record<Column, number>> => {
  const executed = await executeFlow(scratch, flow)
  return Object.fromEntries(Object.entries(columns).map(([column, figure]) => [column, figure(executed)])) as Record<
    Column,
    number
  >
}

const measureAcceptance = async (scratch: string, rounds: number): Promise<Grid> => {
  const sizes = [10, 1000, 5000]
  const measures = sizes.map((steps) => [
    `${steps} steps`,
    async () => ({ accepted: await acceptFlow(scratch, { shape: 'chain', steps, mode: 'worker' }) }),
  ])
  const samples = await interleave<string, 'accepted'>(Object.fromEntries(measures), {
    ...{ rounds: rounds * 3, warmUp: 1, name: 'workflows, acceptance' },
  })
  return {
    kind: 'grid',
    title: 'From the call to being planned and on record',
    unit: 'ms',
    corner: '',
    note: 'The file is read, checked, planned and routed, and all its steps are written in one transaction.',
    rows: Object.entries(samples).map(([name, { accepted = [] }]) => ({
      name,
      cells: { median: summarise(accepted), longest: longestOf(summarise(accepted)) },
    })),
  }
}

const longestOf = (summary: Summary): Summary => ({ ...summary, median: summary.maximum })

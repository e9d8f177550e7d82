import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { now } from '../common/clock.ts'
import { interleave } from '../common/interleave.ts'
import type { Comparison } from '../common/report.ts'
import { summarise } from '../common/summary.ts'
import { executeFlow, type Flow, timingAgent } from './execute-flow.ts'

const STEPS = 100
const STEPS_IN_WORKERS = 20

const note = `A chain of ${STEPS} steps in place and of ${STEPS_IN_WORKERS} in workers (threads): from the end of one agent to the begin of the next. Each step is
claimed, told what it is to do (two artifacts), executed, and settled with what follows. "calling the agent in a loop" is the
same module function without any of it; "append 16 kB and fdatasync" is what one durable write costs here.`

/** What a step costs beyond its agent's own time. */
export const measureOverhead = async (scratch: string, rounds: number): Promise<Comparison> => {
  const log = openSync(join(scratch, 'raw.log'), 'a')
  const { default: agent } = (await import(timingAgent)) as { default: () => unknown }
  const taken = {
    'calling the agent in a loop': () => callInLoop(agent),
    'append 16 kB and fdatasync': async () => repeat(STEPS, () => append(log)),
    'a step in place': () => between(scratch, { shape: 'chain', steps: STEPS, mode: 'legacy' }),
    'a step in a worker': () => between(scratch, { shape: 'chain', steps: STEPS_IN_WORKERS, mode: 'worker' }),
  }
  try {
    return toComparison(await collect(taken, rounds))
  } finally {
    closeSync(log)
  }
}

type Collected = readonly (readonly [string, readonly number[]])[]

/** Every round gives each subject many samples; the order of the subjects turns as elsewhere. */
const collect = async (
  subjects: Readonly<Record<string, () => Promise<readonly number[]>>>,
  rounds: number,
): Promise<Collected> => {
  const samples = Object.entries(subjects).map(([name, measure]) => ({ name, measure, taken: [] as number[] }))
  const measures = samples.map(({ name, measure, taken }) => {
    let isWarm = false
    const once = async () => {
      const found = await measure()
      if (isWarm) taken.push(...found)
      isWarm = true
      return { samples: found.length }
    }
    return [name, once] as const
  })
  await interleave(Object.fromEntries(measures), { rounds, warmUp: 1, name: 'workflows, overhead' })
  return samples.map(({ name, taken }) => [name, taken])
}

const toComparison = (collected: Collected): Comparison => ({
  kind: 'comparison',
  title: "A step beyond its agent's own time",
  unit: 'ms',
  baseline: 'append 16 kB and fdatasync',
  note,
  subjects: collected.map(([name, taken]) => ({ name, summary: summarise(taken) })),
})

const between = async (scratch: string, flow: Flow): Promise<readonly number[]> =>
  (await executeFlow(scratch, flow)).betweenMs

const callInLoop = async (agent: () => unknown): Promise<readonly number[]> => {
  const taken: number[] = []
  for (let call = 0; call < STEPS; call++) {
    const startedAt = now()
    await agent()
    taken.push(now() - startedAt)
  }
  return taken
}

const page = new Uint8Array(16 * 1024)

const append = (file: number): void => {
  writeSync(file, page)
  fdatasyncSync(file)
}

const repeat = (times: number, work: () => void): readonly number[] =>
  Array.from({ length: times }, () => {
    const startedAt = now()
    work()
    return now() - startedAt
  })

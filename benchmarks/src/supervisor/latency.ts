import { setTimeout as delay } from 'node:timers/promises'
import { now } from '../common/clock.ts'
import { interleave, type Samples } from '../common/interleave.ts'
import { closeAll, type Subject } from './subject.ts'

export type Quantity = 'toFirstLine' | 'toResult'

export type Latencies = Readonly<Record<string, Samples<Quantity>>>

/**
 * How long it takes from the call to the first line of the task's code, and to its caller's result, when nothing else is to be
 * done: before each task all is quiet for `idleMs`, so that whoever replaces workers has done so.
 */
export const measureLatency = async (
  subjects: readonly Subject[],
  { name, rounds, idleMs }: { readonly name: string; readonly rounds: number; readonly idleMs: number },
): Promise<Latencies> => {
  try {
    const measures = subjects.map((subject) => [subject.name, () => timeOnce(subject, idleMs)] as const)
    return await interleave(Object.fromEntries(measures), { rounds, warmUp: 3, name })
  } finally {
    await closeAll(subjects)
  }
}

const timeOnce = async (subject: Subject, idleMs: number): Promise<Record<Quantity, number>> => {
  await delay(idleMs)
  const calledAt = now()
  const { firstLine } = await subject.run()
  const receivedAt = now()
  await subject.settled?.()
  return { toFirstLine: firstLine - calledAt, toResult: receivedAt - calledAt }
}

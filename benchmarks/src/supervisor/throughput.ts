import { now } from '../common/clock.ts'
import { interleave, type Samples } from '../common/interleave.ts'
import { closeAll, type Subject } from './subject.ts'

/** Tasks of one sample. */
export const TASKS = 40

/** Sustained means that V8 has compiled what runs again and again: these do not count. */
export const WARM_UP_ROUNDS = 5

/** Tasks per second when there are always more of them than workers. */
export const measureThroughput = async (
  subjects: readonly Subject[],
  { name, rounds, atOnce }: { readonly name: string; readonly rounds: number; readonly atOnce: number },
): Promise<Readonly<Record<string, Samples<'tasksPerSecond'>>>> => {
  try {
    const measures = subjects.map((subject) => [subject.name, () => tasksPerSecond(subject, atOnce)] as const)
    return await interleave(Object.fromEntries(measures), { rounds, warmUp: WARM_UP_ROUNDS, name })
  } finally {
    await closeAll(subjects)
  }
}

/** Pools queue what they are given; what has no queue gets a task when one has gone. */
const tasksPerSecond = async (subject: Subject, atOnce: number): Promise<{ tasksPerSecond: number }> => {
  const startedAt = now()
  let waiting = TASKS
  const place = async (): Promise<void> => {
    while (waiting-- > 0) {
      await subject.run()
      if (!subject.queues) await subject.settled?.()
    }
  }
  await Promise.all(Array.from({ length: subject.queues ? TASKS : atOnce }, place))
  await subject.settled?.()
  return { tasksPerSecond: (TASKS / (now() - startedAt)) * 1000 }
}

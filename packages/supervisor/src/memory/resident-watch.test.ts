import { describe, expect, test } from 'vitest'
import { ResidentWatch, type ThreadReading } from './resident-watch.ts'

/* The books on made-up readings; real threads that fill real memory are in the adversarial matrix. */

const thread = (key: string, shownMb: number, touchedMb: number): ThreadReading<string> => ({
  key,
  shownMb,
  touchedMb,
  allowanceMb: 100,
})

/** One reading each 25 ms; the first to be named, and when. */
const firstCulprit = (
  readings: number,
  at: (index: number) => { rssMb: number; ownMb?: number; threads: ThreadReading<string>[] },
): { key: string; index: number } | undefined => {
  const watch = new ResidentWatch<string>()
  for (let index = 0; index < readings; index++) {
    const culprit = watch.read({ ownMb: 10, ...at(index) })
    if (culprit !== undefined) return { key: culprit.key, index }
  }
  return undefined
}

describe('memory that nobody shows', () => {
  test('is the doing of whoever touches new pages without a heap that grows', () => {
    const culprit = firstCulprit(100, (index) => ({
      rssMb: 100 + 10 * index,
      threads: [
        thread('quiet', 5, 5),
        thread('grower', 5, 5 + 10 * index),
        thread('churner', 5 + (index % 2) * 8, 8 * index),
      ],
    }))
    // 128 MB of slack, 100 MB for each of three, and 8 MB that the churner shows.
    expect(culprit).toEqual({ key: 'grower', index: 44 })
  })

  test('is found when it grows slowly, too', () => {
    const culprit = firstCulprit(3000, (index) => ({
      rssMb: 100 + 0.2 * index,
      threads: [thread('quiet', 5, 5), thread('slow', 5, 5 + 0.2 * index)],
    }))
    expect(culprit?.key).toBe('slow')
  })

  test('is not what heaps, Buffers and the supervisor itself show', () => {
    expect(
      firstCulprit(200, (index) => ({
        rssMb: 100 + 30 * index,
        ownMb: 10 + 10 * index,
        threads: [thread('heap', 5 + 20 * index, 5 + 20 * index)],
      })),
    ).toBeUndefined()
  })

  test('is not laid to a thread that touches nothing, whoever else in the process does', () => {
    expect(firstCulprit(200, (index) => ({ rssMb: 100 + 30 * index, threads: [thread('idle', 5, 5)] }))).toBeUndefined()
  })

  test('is not what the allocator keeps of threads that have ended', () => {
    expect(
      firstCulprit(200, (index) => ({
        rssMb: 100 + Math.min(index, 100) * 20,
        threads: [
          thread('next', 5 + 2 * (index % 2), index),
          ...(index < 100 ? [thread('large', 5 + 20 * index, 20 * index)] : []),
        ],
      })),
    ).toBeUndefined()
  })

  test('is forgiven once its maker is gone: what stays is nobody else’s', () => {
    const watch = new ResidentWatch<string>()
    const named: string[] = []
    for (let index = 0; index < 400; index++) {
      const isAlive = named.length === 0
      const { key } =
        watch.read({
          ownMb: 10,
          rssMb: isAlive ? 100 + 20 * index : 900,
          threads: isAlive ? [thread('grower', 5, 20 * index)] : [thread('innocent', 5, 2 * index)],
        }) ?? {}
      if (key !== undefined) named.push(key)
    }
    expect(named).toEqual(['grower'])
  })
})

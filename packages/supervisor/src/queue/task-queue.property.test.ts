import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type QueuePlace, TaskQueue } from './task-queue.ts'

const AGING_MS = 100

/** The same rules without a heap, a lane or a rank: everybody who waits is looked at each time. */
class PlainQueue {
  readonly waiting: { readonly id: number; readonly place: QueuePlace }[] = []
  readonly running: Map<number, string | undefined> = new Map()

  add(id: number, place: QueuePlace): void {
    this.waiting.push({ id, place })
  }

  get head(): number | undefined {
    const inOrder = this.waiting.toSorted((one, other) => rankOf(one.place) - rankOf(other.place))
    const isFirstOfItsKey = ({ id, place: { key } }: (typeof inOrder)[number]): boolean =>
      key === undefined || inOrder.find(({ place }) => place.key === key)?.id === id
    const mayRun = ({ place: { key, keyConcurrency } }: (typeof inOrder)[number]): boolean =>
      key === undefined || this.runningOf(key) < keyConcurrency
    return inOrder.filter(isFirstOfItsKey).find(mayRun)?.id
  }

  take(): number | undefined {
    const { head } = this
    const taken = this.waiting.find(({ id }) => id === head)
    if (taken === undefined) return undefined
    this.release(taken.id)
    this.running.set(taken.id, taken.place.key)
    return head
  }

  release(id: number): void {
    const index = this.waiting.findIndex((one) => one.id === id)
    if (index >= 0) this.waiting.splice(index, 1)
    this.running.delete(id)
  }

  runningOf(key: string): number {
    return [...this.running.values()].filter((other) => other === key).length
  }
}

const rankOf = ({ since, priority }: QueuePlace): number => since - priority * AGING_MS

type Happening =
  | { readonly what: 'add'; readonly place: Omit<QueuePlace, 'since'>; readonly afterMs: number }
  | { readonly what: 'take' }
  | { readonly what: 'release'; readonly which: number }

const place: fc.Arbitrary<Omit<QueuePlace, 'since'>> = fc.record({
  priority: fc.integer({ min: -3, max: 3 }),
  key: fc.constantFrom(undefined, undefined, 'a', 'b', 'c'),
  keyConcurrency: fc.integer({ min: 1, max: 3 }),
})

const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ what: fc.constant('add' as const), place, afterMs: fc.nat({ max: 150 }) }) },
    { weight: 3, arbitrary: fc.constant({ what: 'take' as const }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('release' as const), which: fc.nat({ max: 200 }) }) },
  ),
  { maxLength: 150 },
)

describe('the queue', () => {
  test('takes in the order of priority and age, within the limits of keys, as the plain rules do', () => {
    fc.assert(
      fc.property(happenings, (order) => {
        const queue = new TaskQueue<number>(AGING_MS)
        const plain = new PlainQueue()
        const taken: number[] = []
        let now = 0
        let count = 0
        for (const happening of order) {
          if (happening.what === 'add') {
            now += happening.afterMs
            queue.add(count, { since: now, ...happening.place })
            plain.add(count++, { since: now, ...happening.place })
          } else if (happening.what === 'take') {
            const id = queue.take()
            expect(id).toBe(plain.take())
            if (id !== undefined) taken.push(id)
          } else {
            const id = happening.which % Math.max(1, count)
            queue.release(id)
            plain.release(id)
          }
          expect({ head: queue.head, size: queue.size }).toEqual({ head: plain.head, size: plain.waiting.length })
        }
        expect(new Set(taken).size).toBe(taken.length)
      }),
      { numRuns: 1000 },
    )
  })

  test('runs everything once, and no more of a key than may, whoever comes meanwhile', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 60 }), fc.nat(), (places, seed) => {
        const queue = new TaskQueue<number>(AGING_MS)
        const taken: number[] = []
        const running: number[] = []
        places.forEach((one, id) => {
          queue.add(id, { since: id, ...one })
        })
        for (let step = seed; queue.size > 0 || running.length > 0; step = (step * 48271 + 1) % 2147483647) {
          const next = step % 3 === 0 ? undefined : queue.take()
          if (next === undefined) {
            for (const id of running.splice(step % Math.max(1, running.length), 1)) queue.release(id)
            continue
          }
          taken.push(next)
          const { key, keyConcurrency } = places[next] as QueuePlace
          const before = running.filter((id) => key !== undefined && places[id]?.key === key).length
          expect(before).toBeLessThan(keyConcurrency)
          running.push(next)
        }
        expect(taken.toSorted((one, other) => one - other)).toEqual(places.map((_, id) => id))
      }),
    )
  })

  test('nobody is overtaken by one that came later than the difference of their priorities is worth', () => {
    const priorities = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 })
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 5 }), priorities, fc.nat({ max: 150 }), (priority, others, everyMs) => {
        const queue = new TaskQueue<string>(AGING_MS)
        queue.add('patient', { since: 0, priority, key: undefined, keyConcurrency: 1 })
        const overtook: number[] = []
        // One slot, and always somebody more urgent to come before it is free again.
        for (const [index, urgency] of others.entries()) {
          const since = index * everyMs
          queue.add(`${since} ${urgency}`, { since, priority: urgency, key: undefined, keyConcurrency: 1 })
          const taken = queue.take() as string
          queue.release(taken)
          if (taken === 'patient') break
          overtook.push(Number(taken.split(' ')[0]))
        }
        expect(overtook.every((since) => since <= (5 - priority) * AGING_MS)).toBe(true)
      }),
    )
  })

  test('a key at its limit holds up nobody else', () => {
    const queue = new TaskQueue<string>(AGING_MS)
    for (const id of ['a1', 'a2', 'a3']) queue.add(id, { since: 0, priority: 9, key: 'a', keyConcurrency: 1 })
    queue.add('other', { since: 0, priority: 0, key: undefined, keyConcurrency: 1 })
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['a1', 'other', undefined])
    expect({ size: queue.size, head: queue.head }).toEqual({ size: 2, head: undefined })
    queue.release('a1')
    expect(queue.take()).toBe('a2')
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HeapEntry, IndexedHeap } from './indexed-heap.ts'

interface Numbered extends HeapEntry {
  value: number
}

type Step = { readonly what: 'add' | 'remove first' | 'remove any' | 'move any'; readonly value: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom('add', 'add', 'remove first', 'remove any', 'move any'),
    value: fc.nat({ max: 50 }),
  }),
  { maxLength: 200 },
)

test('the first is the least, whatever comes, leaves from the middle or changes its place', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const heap = new IndexedHeap<Numbered>((one, other) => one.value < other.value)
      const entries: Numbered[] = []
      for (const { what, value } of taken) {
        const any = entries[value % Math.max(1, entries.length)]
        if (what === 'add') {
          const entry = { index: -1, value }
          entries.push(entry)
          heap.add(entry)
        } else if (what === 'move any' && any !== undefined) {
          any.value = value
          heap.moved(any)
        } else {
          const leaving = what === 'remove first' ? heap.first : any
          if (leaving === undefined) continue
          heap.remove(leaving)
          expect(leaving.index).toBe(-1)
          entries.splice(entries.indexOf(leaving), 1)
        }
        expect(heap.size).toBe(entries.length)
        expect(heap.first?.value).toBe(entries.map((entry) => entry.value).toSorted((a, b) => a - b)[0])
      }
    }),
  )
})

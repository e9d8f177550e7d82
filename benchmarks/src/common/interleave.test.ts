import { expect, test } from 'vitest'
import { interleave } from './interleave.ts'

test('every subject is measured once in each round, each in turn first, and warm-up does not count', async () => {
  const order: string[] = []
  const measure = (name: string) => async () => ({ place: order.push(name) })
  const samples = await interleave({ one: measure('one'), two: measure('two') }, { rounds: 2, warmUp: 1, name: 'test' })
  expect(order).toEqual(['one', 'two', 'two', 'one', 'one', 'two'])
  expect(samples).toEqual({ one: { place: [4, 5] }, two: { place: [3, 6] } })
})

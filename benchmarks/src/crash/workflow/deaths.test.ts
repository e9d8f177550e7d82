import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseDeaths, everyDeath } from './deaths.ts'

test('every transaction of every process and every moment of every attempt is a death', () => {
  const notes = [
    { step: 2, attempt: 1, moment: 'begun' },
    { step: 2, attempt: 2, moment: 'begun' },
  ]
  expect(everyDeath({ commits: [2, 1], kills: 0 }, notes)).toEqual([
    { at: 'commit', process: 0, commit: 1 },
    { at: 'commit', process: 0, commit: 2 },
    { at: 'commit', process: 1, commit: 1 },
    { at: 'agent', step: 2, moment: 'begun', times: 1 },
    { at: 'agent', step: 2, moment: 'begun', times: 2 },
  ])
})

test('a choice is as many as were asked for, each once, in order, and the same for the same seed', () => {
  const cases = fc.record({
    count: fc.integer({ min: 0, max: 200 }),
    most: fc.integer({ min: 1, max: 50 }),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(cases, ({ count, most, seed }) => {
      const all = everyDeath({ commits: [count], kills: 0 }, [])
      const chosen = chooseDeaths(all, most, seed)
      expect(chosen).toHaveLength(Math.min(count, most))
      expect(chosen).toEqual(all.filter((death) => chosen.includes(death)))
      expect(chosen).toEqual(chooseDeaths(all, most, seed))
    }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { somePlan } from './fixtures/plans.ts'
import { SimulatedRun, type World } from './fixtures/simulated-run.ts'

// A long one: SCHEDULE_RUNS=100000 SCHEDULE_SEED=7 vitest run schedule-simulation
const numRuns = Number(process.env['SCHEDULE_RUNS'] ?? 1000)
const seed = Number(process.env['SCHEDULE_SEED'] ?? 20_260_701)

const someWorld: fc.Arbitrary<World> = fc.record({
  seed: fc.integer(),
  slots: fc.integer({ min: 1, max: 12 }),
  failing: fc.constantFrom(0, 0.05, 0.1, 0.2, 0.4, 0.8),
  skipping: fc.constantFrom(0, 0.2, 0.5),
  throwing: fc.constantFrom(0, 0, 0.05, 0.2),
  rejecting: fc.constantFrom(0, 0.1, 0.5),
  silent: fc.constantFrom(0, 0, 0.05),
  crashing: fc.constantFrom(0, 0.02, 0.2),
  crashes: fc.nat({ max: 8 }),
  cancelAfter: fc.constantFrom(-1, -1, 1, 5, 20, 60),
  resumptions: fc.nat({ max: 10 }),
  maxRounds: fc.constantFrom(0, 2, 5, 100, 100),
})

test('no run goes wrong in any world, and each ends or waits for a person', { timeout: 0 }, () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(fc.noBias(somePlan), fc.noBias(someWorld), (plan, world) => {
      const run = new SimulatedRun(plan, world).toTheEnd()
      const outcome = run.status === 'failed' ? run.code : run.status
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }),
    { numRuns, seed },
  )
  // The worlds are as different as they are meant to be.
  const all = [
    'completed',
    'waiting',
    'cancelled',
    'STEP_FAILED',
    'ROUNDS_EXHAUSTED',
    'CONDITION_FAILED',
    'APPROVAL_REJECTED',
  ]
  expect([...seen.keys()]).toEqual(expect.arrayContaining(all))
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Resize, type SizeBounds, SizeController, STEP_MS } from './size-controller.ts'

/* A machine that bears so many workers and no more, and work that comes and goes; three simulated hours take a moment. */

interface Load {
  /** How many workers this machine runs before it gets late. */
  readonly lagAbove: number
  /** How many fit into its memory. */
  readonly memoryFor: number
  readonly taskMs: number
  /** Tasks that wait, at a time. */
  readonly waitingAt: (now: number) => number
}

interface Seen {
  readonly at: number
  readonly size: number
  readonly resize: Resize | undefined
}

const MINUTE = 60_000

const simulate = (bounds: SizeBounds, load: Load, forMs: number): Seen[] => {
  const controller = new SizeController(bounds)
  const ends: number[] = []
  const seen: Seen[] = []
  for (let now = 0; now < forMs; now += STEP_MS) {
    ends.splice(0, ends.length, ...ends.filter((end) => end > now))
    const waiting = load.waitingAt(now)
    for (let free = Math.min(controller.size - ends.length, waiting); free > 0; free--) {
      // Not all at the same moment, as no tasks end.
      ends.push(now + load.taskMs * (0.5 + ((ends.length * 7919) % 100) / 100))
    }
    const running = ends.length
    const resize = controller.decide({
      now,
      running,
      waiting: Math.max(0, waiting - running),
      loopLagMs: running > load.lagAbove ? 500 : 5,
      freeMemoryShare: running > load.memoryFor ? 0.05 : 0.5,
    })
    seen.push({ at: now, size: controller.size, resize })
  }
  return seen
}

const boundsOf = (minWorkers: number, more: number, firstStep: number): SizeBounds => ({
  minWorkers,
  maxWorkers: minWorkers + more,
  firstStep,
})

const bounds = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.nat({ max: 120 }), fc.integer({ min: 1, max: 32 }))
  .map((all) => boundsOf(...all))

const machine = fc.record({
  lagAbove: fc.integer({ min: 1, max: 150 }),
  memoryFor: fc.integer({ min: 1, max: 150 }),
  taskMs: fc.integer({ min: 100, max: 20_000 }),
})

const changesAfter = (seen: readonly Seen[], ms: number): number =>
  seen.filter(({ at, resize }) => at >= ms && resize !== undefined).length

describe('the number of workers', () => {
  test('stays within its bounds and every change has a reason, whatever is read', () => {
    const readings = fc.array(
      fc.record({
        afterMs: fc.nat({ max: 5000 }),
        running: fc.nat({ max: 150 }),
        waiting: fc.nat({ max: 1000 }),
        loopLagMs: fc.constantFrom(0, 50, 500),
        freeMemoryShare: fc.constantFrom(0.01, 0.15, 0.6),
      }),
    )
    fc.assert(
      fc.property(bounds, readings, (limits, all) => {
        const controller = new SizeController(limits)
        let now = 0
        for (const { afterMs, ...reading } of all) {
          now += afterMs
          const from = controller.size
          const resize = controller.decide({ now, ...reading })
          expect(controller.size).toBeGreaterThanOrEqual(limits.minWorkers)
          expect(controller.size).toBeLessThanOrEqual(limits.maxWorkers)
          if (resize === undefined) expect(controller.size).toBe(from)
          else expect(resize).toMatchObject({ from, to: controller.size })
          if (controller.size > from) expect({ ...resize, ...reading }).toMatchObject({ reason: 'queue', loopLagMs: 0 })
        }
      }),
    )
  })

  test('settles at what the machine bears, and from then on hardly moves', () => {
    fc.assert(
      fc.property(bounds, machine, (limits, { lagAbove, memoryFor, taskMs }) => {
        const seen = simulate(limits, { lagAbove, memoryFor, taskMs, waitingAt: () => 1000 }, 180 * MINUTE)
        const bearable = Math.max(limits.minWorkers, Math.min(limits.maxWorkers, lagAbove, memoryFor))
        const settled = seen.filter(({ at }) => at >= 60 * MINUTE)
        // What was too many is tried again after 1, 2, 4 … 60 minutes: never twice in a row, never by more than one.
        expect(Math.max(...settled.map(({ size }) => size))).toBeLessThanOrEqual(bearable + 1)
        expect(Math.min(...settled.map(({ size }) => size))).toBeGreaterThanOrEqual(
          Math.max(limits.minWorkers, Math.floor(bearable * 0.5)),
        )
        const isAtBearable = settled.filter(({ size }) => size >= bearable - 1).length
        expect(isAtBearable / settled.length).toBeGreaterThan(0.8)
        expect(changesAfter(seen, 60 * MINUTE)).toBeLessThanOrEqual(3 * Math.ceil(bearable / 2) + 6)
      }),
      { numRuns: 40 },
    )
  })

  test('a burst on a machine that bears it is served by all of them within the doublings it takes', () => {
    fc.assert(
      fc.property(bounds, (limits) => {
        const calm = { lagAbove: 1000, memoryFor: 1000, taskMs: 600_000, waitingAt: () => 1000 }
        const seen = simulate(limits, calm, MINUTE)
        const steps = Math.ceil(Math.log2(limits.maxWorkers / limits.minWorkers)) + 1
        expect(seen[steps]?.size).toBe(limits.maxWorkers)
        expect(changesAfter(seen, (steps + 1) * STEP_MS)).toBe(0)
      }),
    )
  })

  test('a pause of this process, however long, takes no worker away; lateness that lasts does', () => {
    const controller = new SizeController(boundsOf(1, 15, 16))
    const read = (now: number, loopLagMs: number): Resize | undefined =>
      controller.decide({ now, running: controller.size, waiting: 9, loopLagMs, freeMemoryShare: 0.5 })
    read(0, 0)
    expect(controller.size).toBe(10)
    expect([read(5000, 4000), read(5250, 0), read(5500, 0)].filter((resize) => resize?.reason === 'lag')).toEqual([])
    const late = [0, 1, 2, 3, 4].map((step) => read(10_000 + step * STEP_MS, 300))
    expect(late.find((resize) => resize !== undefined)).toMatchObject({ reason: 'lag' })
  })

  test('a shrink that has not had its effect yet is not followed by another: what runs goes on', () => {
    const controller = new SizeController(boundsOf(1, 15, 16))
    const decide = (now: number, running: number): Resize | undefined =>
      controller.decide({ now, running, waiting: 99, loopLagMs: 0, freeMemoryShare: now === 0 ? 0.5 : 0.01 })
    decide(0, 1)
    expect(decide(1000, 16)).toEqual({ from: 16, to: 12, reason: 'memory' })
    expect([decide(2000, 16), decide(3000, 13)]).toEqual([undefined, undefined])
    expect(decide(4000, 12)).toEqual({ from: 12, to: 9, reason: 'memory' })
  })

  test('falls back to the least when nothing has waited for a while', () => {
    const once = { lagAbove: 99, memoryFor: 99, taskMs: 1000, waitingAt: (now: number) => (now < 2000 ? 50 : 0) }
    const seen = simulate(boundsOf(2, 30, 8), once, MINUTE)
    expect(seen.at(-1)?.size).toBe(2)
    expect(seen.findLast(({ resize }) => resize !== undefined)?.resize?.reason).toBe('idle')
  })
})

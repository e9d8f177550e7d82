import { expect } from 'vitest'
import type { Capability } from '../capabilities.ts'
import { type CaseGroup, type ConformanceCase, outcomeOf, resultOf, tasksOf } from '../conformance-case.ts'

const floods = tasksOf('floods.ts')

const MB = 1024 * 1024

/** MB that this process had more of than before, at most, while it did that; its garbage counts. */
const growthWhile = async (act: () => Promise<void>): Promise<number> => {
  const read = (): number => {
    const { heapUsed, external } = process.memoryUsage()
    return (heapUsed + external) / MB
  }
  const before = read()
  let highest = before
  const reading = setInterval(() => {
    highest = Math.max(highest, read())
  }, 20)
  try {
    await act()
  } finally {
    clearInterval(reading)
  }
  return highest - before
}

/** If they all stood in this process at once, they would take 400 MB. `pnpm bench channel` floods with a million. */
const COUNT = 100_000

const MOST_GROWTH_MB = 128

const isBounded = (
  kind: string,
  arriving: 'all' | 'some' | 'none',
  capabilities: readonly Capability[],
): ConformanceCase => ({
  title: `a flood takes no memory of its host: ${kind}`,
  needs: ['freshModules', ...capabilities],
  alone: true,
  run: async (bench) => {
    let heard = 0
    const hear = (): void => void heard++
    const options = { onProgress: hear, onLog: hear, onCheckpoint: hear }
    const growthMb = await growthWhile(async () => {
      expect(await resultOf(bench, floods('floodWith', { kind, count: COUNT }), options)).toBe('said')
    })
    expect(growthMb).toBeLessThan(MOST_GROWTH_MB)
    if (arriving === 'all') expect(heard).toBe(COUNT)
    if (arriving === 'some') expect(heard).toBeGreaterThan(0)
    if (arriving === 'none') expect(heard).toBe(0)
  },
})

export const flooding: CaseGroup = {
  title: 'floods',
  cases: [
    {
      title: '200,000 messages do not lose the result, and say how many log lines are missing',
      alone: true,
      run: async (bench) => {
        let lines = 0
        let missing = 0
        const onLog = ({ text }: { text: string }): void => {
          const left = /^(\d+) log lines were left out/.exec(text)
          if (left === null) lines++
          else missing += Number(left[1])
        }
        expect(await resultOf(bench, floods('floodMessages', 100_000), { onLog })).toBe('done')
        expect(lines + missing).toBe(100_000)
      },
    },
    isBounded('progress', 'some', []),
    isBounded('log', 'some', []),
    isBounded('heartbeat', 'none', []),
    isBounded('checkpoint', 'all', []),
    isBounded('print', 'some', ['output']),
    {
      title: 'a stream takes no memory of its host, however long it is',
      alone: true,
      run: async (bench) => {
        let chunks = 0
        const growthMb = await growthWhile(async () => {
          for await (const _chunk of bench.stream(floods('floodStream', COUNT))) chunks++
        })
        expect(chunks).toBe(COUNT)
        expect(growthMb).toBeLessThan(MOST_GROWTH_MB)
      },
    },
    {
      title: 'a flood without end does not keep the deadline from firing',
      needs: ['endsSpinning'],
      alone: true,
      run: async (bench) => {
        const outcome = await outcomeOf(bench, floods('floodForever'), { deadlineMs: 1000, graceMs: 50 })
        expect(outcome).toMatchObject({ status: 'timed_out', cause: 'deadline', phase: 'forced' })
      },
    },
  ],
}

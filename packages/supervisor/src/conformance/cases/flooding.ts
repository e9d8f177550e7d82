import { expect } from 'vitest'
import { type CaseGroup, outcomeOf, resultOf, tasksOf } from '../conformance-case.ts'

const floods = tasksOf('floods.ts')

export const flooding: CaseGroup = {
  title: 'floods',
  cases: [
    {
      title: '400,000 messages do not lose the result, and say how many log lines are missing',
      alone: true,
      run: async (bench) => {
        let lines = 0
        let missing = 0
        const onLog = ({ text }: { text: string }): void => {
          const left = /^(\d+) log lines were left out/.exec(text)
          if (left === null) lines++
          else missing += Number(left[1])
        }
        expect(await resultOf(bench, floods('floodMessages', 200_000), { onLog })).toBe('done')
        expect(lines + missing).toBe(200_000)
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

import { expect } from 'vitest'
import { type CaseGroup, tasksOf } from '../conformance-case.ts'

const contexts = tasksOf('contexts.ts')
const floods = tasksOf('floods.ts')

export const logs: CaseGroup = {
  title: 'the log of a session',
  cases: [
    {
      title: 'its last lines are there while it runs, and when it has ended',
      needs: ['keepsLog'],
      run: async (bench) => {
        let whileRunning: readonly string[] | undefined
        const { sessionId, outcome } = bench.submit(contexts('reportEverything'), {
          onProgress: () => {
            whileRunning = bench.getLog(sessionId)?.lines.map(({ text }) => text)
          },
        })
        await outcome
        expect(whileRunning).toEqual(['one line'])
        expect(bench.getLog(sessionId)).toMatchObject({ lines: [{ source: 'log', text: 'one line' }], dropped: 0 })
        expect(bench.getLog('worker-session-unknown')).toBeUndefined()
      },
    },
    {
      title: 'of 20,000 lines the last that came are kept, 1,000 at most, and the others are counted',
      needs: ['keepsLog'],
      run: async (bench) => {
        const { sessionId, outcome } = bench.submit(floods('floodMessages', 20_000))
        await outcome
        const { lines = [], dropped = 0 } = bench.getLog(sessionId) ?? {}
        expect(lines.length).toBeGreaterThan(1)
        expect(lines.length).toBeLessThanOrEqual(1000)
        // One says how many were left out, and is counted with none of them.
        expect(lines.length - 1 + dropped).toBe(20_000)
      },
    },
  ],
}

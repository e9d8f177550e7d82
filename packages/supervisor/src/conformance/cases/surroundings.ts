import { expect } from 'vitest'
import { DEFAULT_ENVIRONMENT_ALLOW_LIST } from '../../tiers/worker-environment.ts'
import { type CaseGroup, resultOf, tasksOf } from '../conformance-case.ts'

const contexts = tasksOf('contexts.ts')
const restricted = tasksOf('restricted.ts')

interface Surroundings {
  readonly environment: Record<string, string>
}

export const surroundings: CaseGroup = {
  title: 'surroundings',
  cases: [
    {
      title: 'the environment is what is allowed, what was given, the marker, and where compiled code is kept',
      needs: ['environment'],
      run: async (bench) => {
        process.env['MAYFLY_TEST_SECRET'] = 'hush'
        const { sessionId, result } = bench.submit<Surroundings>(contexts('describeSurroundings'), {
          environment: { GREETING: 'hello', TZ: 'Asia/Tokyo' },
        })
        const { environment } = await result
        const allowed = new Set([...DEFAULT_ENVIRONMENT_ALLOW_LIST, 'GREETING', 'MAYFLY_WORKER', 'NODE_COMPILE_CACHE'])
        expect(Object.keys(environment).filter((name) => !allowed.has(name))).toEqual([])
        expect(environment).toMatchObject({
          PATH: process.env['PATH'],
          GREETING: 'hello',
          TZ: 'Asia/Tokyo',
          MAYFLY_WORKER: expect.stringMatching(new RegExp(`(^|/)supervisor-[^/]+/${sessionId}$`)),
        })
      },
    },
    {
      title: 'other names may be allowed instead',
      needs: ['environment'],
      options: { environmentAllowList: ['MAYFLY_TEST_SECRET'] },
      run: async (bench) => {
        process.env['MAYFLY_TEST_SECRET'] = 'hush'
        const { environment } = await resultOf<Surroundings>(bench, contexts('describeSurroundings'))
        expect(Object.keys(environment).toSorted()).toEqual([
          'MAYFLY_TEST_SECRET',
          'MAYFLY_WORKER',
          'NODE_COMPILE_CACHE',
        ])
      },
    },
    {
      title: 'what is not permitted is denied',
      needs: ['permissions'],
      run: async (bench) => {
        const input = { file: '/etc/passwd', port: 1 }
        const reached = await resultOf(bench, restricted('reachOut', input), { permissions: {} })
        const denied = 'ERR_ACCESS_DENIED'
        expect(reached).toMatchObject({ read: denied, write: denied, childProcess: denied, contextSpawn: denied })
      },
    },
    {
      title: 'workerData, parentPort and process.send lead nowhere',
      needs: ['hiddenChannel'],
      run: async (bench) => {
        const { workerData, parentPort, send } = await resultOf<Record<string, unknown>>(
          bench,
          contexts('describeSurroundings'),
        )
        expect({ workerData, parentPort, send }).toEqual({ workerData: {}, parentPort: 'closed', send: 'undefined' })
      },
    },
  ],
}

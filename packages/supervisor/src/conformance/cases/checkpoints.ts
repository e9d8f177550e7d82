import { expect } from 'vitest'
import type { Outcome } from '../../session/outcome.ts'
import type { Capability } from '../capabilities.ts'
import { type CaseGroup, type ConformanceCase, errorOf, resultOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const floods = tasksOf('floods.ts')
const contexts = tasksOf('contexts.ts')

/** More than are let through before the supervisor has answered. */
const COUNT = 1000

interface Checkpoint {
  readonly at: number
}

const lastOf = async (bench: Bench, name: string): Promise<{ last: number; outcome: Outcome }> => {
  let last = 0
  const onCheckpoint = (value: unknown): void => {
    last = (value as Checkpoint).at
  }
  const outcome = await bench.submit(floods(name, COUNT), { onCheckpoint }).outcome
  return { last, outcome }
}

const endsByItself = (name: string, needs: readonly Capability[], expected: object): ConformanceCase => ({
  title: `the last of 1,000 arrives: ${name}`,
  needs,
  run: async (bench) => {
    const { last, outcome } = await lastOf(bench, name)
    expect(last).toBe(COUNT)
    expect(outcome).toMatchObject(expected)
  },
})

/** Cancelled as soon as the last has come; if it never comes, neither does the end. */
const isCancelled = (name: string, last: number, needs: readonly Capability[] = []): ConformanceCase => ({
  title: `the last arrives while the task goes on: ${name}`,
  needs,
  run: async (bench) => {
    const onCheckpoint = (value: unknown): void => {
      if ((value as Checkpoint).at === last) cancel()
    }
    const { outcome, cancel } = bench.submit(floods(name, last), { onCheckpoint, graceMs: 20 })
    expect(await outcome).toMatchObject({ status: 'cancelled' })
  },
})

export const checkpoints: CaseGroup = {
  title: 'checkpoints',
  cases: [
    endsByItself('checkpointThenReturn', [], { cause: 'result' }),
    endsByItself('checkpointThenThrow', [], { cause: 'error' }),
    endsByItself('checkpointThenExit', ['exit'], { cause: 'exit' }),
    endsByItself('checkpointThenKill', ['crash'], { cause: 'exit', signal: 'SIGKILL' }),
    isCancelled('checkpointThenWait', COUNT),
    isCancelled('checkpointThenSpin', COUNT, ['endsSpinning']),
    isCancelled('checkpointBesideProgress', 1),
    {
      title: 'attempt and last checkpoint reach the next attempt',
      run: async (bench) => {
        const lastCheckpoint = { at: 7, seen: new Set(['a']) }
        const described = await resultOf(bench, contexts('describeAttempt'), { attempt: 2, lastCheckpoint })
        expect(described).toMatchObject({ attempt: 2, lastCheckpoint })
        expect(await resultOf(bench, contexts('describeAttempt'))).toMatchObject({
          attempt: 1,
          lastCheckpoint: undefined,
        })
      },
    },
    {
      title: 'a checkpoint of 10 MB arrives, one of 20 MB is refused',
      run: async (bench) => {
        let length = 0
        const onCheckpoint = (value: unknown): void => {
          length = (value as string).length
        }
        await resultOf(bench, contexts('checkpointOf', 5 * 1024 ** 2), { onCheckpoint })
        expect(length).toBe(5 * 1024 ** 2)
        const error = await errorOf(bench, contexts('checkpointOf', 10 * 1024 ** 2))
        expect(error).toMatchObject({ cause: { code: 'VALUE_TOO_LARGE' } })
      },
    },
  ],
}

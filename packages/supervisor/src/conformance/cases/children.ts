import { expect } from 'vitest'
import type { ChildKind, Ending } from '../../fixtures/children.ts'
import { untilDead } from '../../fixtures/processes.ts'
import type { Capability } from '../capabilities.ts'
import { type CaseGroup, type ConformanceCase, holdUp, outcomeOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const children = tasksOf('children.ts')

const kinds: readonly (readonly [readonly ChildKind[], readonly Capability[]])[] = [
  [['registered', 'registered and deaf', 'registered and bare'], []],
  [['of its own making', 'detached', 'detached and deaf', 'daemon'], ['strays']],
]

const endings: readonly (readonly [Ending, readonly Capability[]])[] = [
  ['result', []],
  ['error', []],
  ['exit', ['exit']],
  ['hang', []],
  ['spin', ['endsSpinning']],
]

/** The host is held up, so that it hears of a child when the worker has gone already. */
const heardLate: ConformanceCase = {
  title: 'one that its host hears of when the worker has gone',
  needs: ['exit'],
  alone: true,
  run: async (bench) => {
    let pids: readonly number[] = []
    const onRunning = (): void => void setImmediate(holdUp, 700)
    const onProgress = (value: unknown): void => {
      pids = value as number[]
    }
    const input = { kinds: ['registered and bare'], ending: 'exit' }
    const outcome = await outcomeOf(bench, children('leaveChildren', input), { onRunning, onProgress })
    expect(outcome.cause).toBe('exit')
    expect(pids).toHaveLength(1)
    await untilDead(pids)
  },
}

const pidsLeftBy = async (bench: Bench, name: string, input?: unknown): Promise<number[]> => {
  let pids: number[] = []
  const onProgress = (value: unknown): void => {
    pids = value as number[]
    // Those that would go on for ever are ended now.
    setTimeout(cancel, 300)
  }
  const { outcome, cancel } = bench.submit(children(name, input), { onProgress, graceMs: 20 })
  await outcome
  return pids
}

const areDead = (
  title: string,
  name: string,
  needs: readonly Capability[],
  input?: { kinds: unknown[] },
): ConformanceCase => ({
  title,
  needs,
  run: async (bench) => {
    const pids = await pidsLeftBy(bench, name, input)
    expect(pids.length).toBeGreaterThanOrEqual(input?.kinds.length ?? 1)
    await untilDead(pids)
  },
})

export const childCases: CaseGroup = {
  title: 'child processes are dead after the end',
  cases: [
    ...endings.flatMap(([ending, needsOfEnding]) =>
      kinds.map(([names, needsOfKinds]) =>
        areDead(`${ending}: ${names.join(', ')}`, 'leaveChildren', [...needsOfEnding, ...needsOfKinds], {
          kinds: [...names],
          ending,
        } as { kinds: unknown[] }),
      ),
    ),
    areDead('those that a child has started', 'leaveGrandchildren', []),
    heardLate,
    areDead('those of a group whose leader has gone', 'leaveGroup', []),
  ],
}

import { expect } from 'vitest'
import type { ChildKind, Ending } from '../../fixtures/children.ts'
import { untilDead } from '../../fixtures/processes.ts'
import type { Capability } from '../capabilities.ts'
import { type CaseGroup, type ConformanceCase, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const children = tasksOf('children.ts')

const kinds: readonly (readonly [readonly ChildKind[], readonly Capability[]])[] = [
  [['registered', 'registered and deaf'], []],
  [['of its own making', 'detached', 'detached and deaf', 'daemon'], ['strays']],
]

const endings: readonly (readonly [Ending, readonly Capability[]])[] = [
  ['result', []],
  ['error', []],
  ['exit', ['exit']],
  ['hang', []],
  ['spin', ['endsSpinning']],
]

const pidsLeftBy = async (bench: Bench, name: string, input?: unknown): Promise<number[]> => {
  let pids: number[] = []
  const onProgress = (value: unknown): void => {
    pids = value as number[]
    // Those that would go on for ever are ended now.
    setTimeout(cancel, 300)
  }
  const { outcome, cancel } = bench.submit(children(name, input), { onProgress, graceMs: 20, exitTimeoutMs: 300 })
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
    areDead('those of a group whose leader has gone', 'leaveGroup', []),
  ],
}

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type CaseGroup, type ConformanceCase, outcomeOf, resultOf, tasksOf } from '../conformance-case.ts'

const stubborn = tasksOf('stubborn.ts')
const tasks = tasksOf('tasks.ts')

const limits = { heapLimitMb: 64, externalLimitMb: 64 }

/** What tells first depends on the tier: a heap is seen from outside in a thread, and in a process when it reports or dies. */
const memoryBombs = [
  ['map', ['heap_soft', 'heap_hard', 'rss']],
  ['buffer', ['external', 'rss']],
] as const

const held = [
  ['execSync', 'endsBlockedOnChild', 'waitForChild'],
  ['pbkdf2Sync', 'endsNativeCall', 'derive'],
] as const

const short = { timeoutMs: 150, graceMs: 20 }
const ended = { status: 'timed_out', cause: 'timeout', phase: 'forced', wedged: false }

const bombCases = memoryBombs.map(
  ([kind, causes]): ConformanceCase => ({
    title: `a ${kind} that grows without end is ended, and the next task is fine`,
    needs: ['memoryLimits'],
    // A host that is held up looks at its workers' memory too late.
    alone: true,
    run: async (bench) => {
      const outcome = await outcomeOf(bench, tasks('bombs', kind), limits)
      expect(outcome.status).toBe('failed')
      expect(causes).toContain(outcome.cause)
      expect(await resultOf(bench, tasks('add', [1, 2]))).toBe(3)
    },
  }),
)

const heldCases = held.map(
  ([call, capability, name]): ConformanceCase => ({
    title: `a task held by ${call} is ended`,
    needs: [capability],
    run: async (bench) => expect(await outcomeOf(bench, stubborn(name), short)).toMatchObject(ended),
  }),
)

const fifoCase: ConformanceCase = {
  title: 'a task held by open() of a FIFO is ended',
  needs: ['endsNativeCall'],
  run: async (bench) => {
    const folder = await mkdtemp(join(tmpdir(), 'mayfly-'))
    try {
      const path = join(folder, 'fifo')
      execFileSync('mkfifo', [path])
      expect(await outcomeOf(bench, stubborn('openFifo', path), short)).toMatchObject(ended)
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

export const limitCases: CaseGroup = { title: 'limits', cases: [...bombCases, ...heldCases, fifoCase] }

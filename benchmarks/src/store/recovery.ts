import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openRunStore } from '@mayfly/run-store'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import { printProgress } from '../common/output.ts'
import type { Comparison } from '../common/report.ts'

/** Taking over from a process that died in the midst of many sessions. */
export const measureRecovery = async (folder: string, lost: number, rounds: number): Promise<Comparison> => {
  printProgress(`store, ${lost} sessions are begun`)
  const repeatable = await abandon(join(folder, 'repeatable.db'), lost, true)
  const single = await abandon(join(folder, 'single.db'), lost, false)
  const subjects = {
    'all queued again': () => recover(repeatable, join(folder, 'copy.db'), lost),
    'all interrupted': () => recover(single, join(folder, 'copy.db'), lost),
  }
  const samples = await interleave(subjects, { rounds, warmUp: 1, name: 'store, recovery' })
  const title = `Recovering ${lost.toLocaleString('en')} lost sessions`
  return compare(samples, 'call', { title, unit: 'ms', baseline: null, note: '' })
}

/** A store whose only host, to all appearances, is gone. */
const abandon = async (path: string, count: number, repeatable: boolean): Promise<string> => {
  const store = await openRunStore({ path, leaseMs: 3_600_000 })
  using connection = new DatabaseSync(path)
  for (let index = 0; index < count; index++) {
    await store.accept({
      runId: `run-${index}`,
      prompt: 'Implement user authentication',
      cwd: '/srv/project',
      steps: [{ step: 0, name: 'plan', agent: 'planner', repeatable, maxAttempts: 3 }],
      claim: { sessionId: `session-${index}`, isolation: 'thread' },
    })
  }
  connection.exec('UPDATE hosts SET pid = 2147483647, process_started = NULL')
  await store.close()
  return path
}

const recover = async (path: string, copy: string, expected: number): Promise<{ call: number }> => {
  copyFileSync(path, copy)
  await using store = await openRunStore({ path: copy })
  const startedAt = now()
  const { sessions } = await store.recoverLost()
  const call = now() - startedAt
  if (sessions !== expected) throw new Error(`Expected ${expected} sessions to be recovered, got ${sessions}`)
  return { call }
}

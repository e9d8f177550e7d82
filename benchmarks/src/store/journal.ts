import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openRunStore, type RunStore } from '@mayfly/run-store'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import type { Comparison } from '../common/report.ts'

const BASELINE = 'append 16 kB and fdatasync, twice'

const note = `"by itself": a process accepts and claims a run in one transaction and settles it in another. "through the
queue": accepted, claimed and settled by three calls, as when another process does the work. Each transaction is on the disk
when it resolves.`

/** What the journal adds to a task. */
export const measureJournal = async (folder: string, rounds: number): Promise<Comparison> => {
  await using store = await openRunStore({ path: join(folder, 'journal.db') })
  const log = openSync(join(folder, 'raw.log'), 'a')
  const page = new Uint8Array(16 * 1024)
  const subjects = {
    [BASELINE]: async () => timed(async () => appendTwice(log, page)),
    'task by itself': () => timed(() => byItself(store)),
    'task through the queue': () => timed(() => throughQueue(store)),
    'session of a task: one event': () => timed(() => store.appendEvent(event)),
  }
  try {
    const samples = await interleave(subjects, { rounds, warmUp: 10, name: 'store, journal' })
    return compare(samples, 'call', { title: 'The journal of one task', unit: 'ms', baseline: BASELINE, note })
  } finally {
    closeSync(log)
  }
}

const event = { runId: null, sessionId: null, type: 'log', data: { text: 'one line of a log' } }
const end = { session: { status: 'completed', cause: 'result' }, step: { status: 'completed', result: null } } as const
let count = 0

const aRun = () => ({
  runId: `run-${++count}`,
  prompt: 'Implement user authentication',
  cwd: '/srv/project',
  request: { mode: 'worker' },
  steps: [{ step: 0, name: 'plan', agent: 'planner' }],
})
const aSession = () => ({ sessionId: `session-${count}`, isolation: 'thread' }) as const

const byItself = async (store: RunStore): Promise<void> => {
  const run = aRun()
  const { claim } = await store.accept({ ...run, claim: aSession() })
  if (claim !== null) await store.settle(claim, end)
}

const throughQueue = async (store: RunStore): Promise<void> => {
  await store.accept(aRun())
  const { claim } = await store.claim(aSession())
  if (claim !== null) await store.settle(claim, end)
}

const appendTwice = (file: number, page: Uint8Array): void => {
  for (let time = 0; time < 2; time++) {
    writeSync(file, page)
    fdatasyncSync(file)
  }
}

const timed = async (work: () => Promise<unknown>): Promise<{ call: number }> => {
  const startedAt = now()
  await work()
  return { call: now() - startedAt }
}

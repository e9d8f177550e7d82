import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSessionTask, type Obedience, SimulatedClock, SimulatedWorker, usage } from '../fixtures/simulation.ts'
import { Session, type SessionState } from './session.ts'
import type { Settlement } from './session-task.ts'
import { memoryVerdict } from './verdict.ts'

/* Whatever happens to a session, in whatever order: clock and worker are simulated, so that every order can happen. */

class Stage {
  readonly clock: SimulatedClock = new SimulatedClock()
  readonly worker: SimulatedWorker
  readonly settlements: Settlement[] = []
  readonly states: SessionState['name'][] = []
  readonly session: Session

  constructor(obedience: Obedience, meddler?: Meddler) {
    this.worker = new SimulatedWorker(obedience)
    const nothing = (): void => {}
    const meddle = (session: Session, news: Meddler['hears']): void => {
      if (news === meddler?.hears) session.cancel('user', 'meddling', meddler.graceful)
    }
    this.session = new Session(aSessionTask(), () => this.worker, this.clock, {
      changed: (session) => {
        this.states.push(session.state)
        meddle(session, session.state)
      },
      settled: (session, settlement) => {
        this.settlements.push(settlement)
        meddle(session, 'settlement')
      },
      progress: nothing,
      log: nothing,
      checkpoint: nothing,
      chunk: () => true,
      artifact: nothing,
      child: nothing,
    })
  }
}

/** A listener that cancels the session it is just told of. */
interface Meddler {
  readonly hears: SessionState['name'] | 'settlement'
  readonly graceful: boolean
}

type Happening = readonly [name: string, happen: (stage: Stage) => void]

const happenings: readonly Happening[] = [
  ['start', ({ session }) => session.state === 'queued' && session.start()],
  ['ready', ({ worker }) => worker.say({ type: 'ready', threadId: 1 })],
  ['a hard limit that is near', ({ session }) => session.observe({ heapSizeLimitMb: 90 })],
  ['progress', ({ worker }) => worker.say({ type: 'progress', value: 1 })],
  ['heartbeat', ({ worker }) => worker.say({ type: 'heartbeat' })],
  ['usage', ({ worker }) => worker.say({ type: 'usage', usage })],
  ['usage above the limit', ({ worker }) => worker.say({ type: 'usage', usage: { ...usage, externalMb: 51 } })],
  ['result', ({ worker }) => worker.say({ type: 'result', value: 1, bytes: 8, usage, droppedLogLines: 0 })],
  ['failure', ({ worker }) => worker.say(failure('task'))],
  ['failed import', ({ worker }) => worker.say(failure('import'))],
  ['crash', ({ worker }) => worker.listener?.crashed(new Error('crash'))],
  ['gap', ({ worker }) => worker.listener?.broken('gap')],
  ['not started', ({ worker }) => !worker.exited && worker.listener?.notStarted(new Error('EAGAIN'))],
  ['exit', ({ worker }) => worker.exit(0)],
  ['cancel', ({ session }) => session.cancel('user', 'cancel')],
  ['close', ({ session }) => session.cancel('shutdown', 'close')],
  ['destroy', ({ session }) => session.cancel('shutdown', 'close', false)],
  ['too much heap', ({ session }) => session.observe({ heapMb: 500 })],
  ['too much resident memory', ({ session }) => session.exceed(memoryVerdict('rss', 'resident size', 500, 400))],
]

const failure = (at: 'task' | 'import') =>
  ({ type: 'failure', at, error: { name: 'E', message: 'm' }, usage, droppedLogLines: 0 }) as const

const orders = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...happenings) },
    {
      weight: 2,
      arbitrary: fc
        .integer({ min: 1, max: 600 })
        .map((ms): Happening => [`${ms} ms go by`, ({ clock }) => clock.advance(ms)]),
    },
  ),
  { maxLength: 30 },
)

const obediences = fc.constantFrom<Obedience>('exits on terminate', 'exits on kill', 'never exits')

const STATES: readonly SessionState['name'][] = ['queued', 'starting', 'running', 'stopping', 'ended']

const meddlers = fc.option(
  fc.record<Meddler>({ hears: fc.constantFrom(...STATES, 'settlement' as const), graceful: fc.boolean() }),
  { nil: undefined },
)

test('one outcome, states in their order, no timer left, no session lost', () => {
  fc.assert(
    fc.property(orders, obediences, meddlers, (order, obedience, meddler) => {
      const stage = new Stage(obedience, meddler)
      for (const [, happen] of order) {
        happen(stage)
        stage.worker.obey()
      }
      // In the end every clock has run out, and whoever was killed has gone.
      for (let step = 0; step < 20; step++) {
        stage.clock.advance(1000)
        stage.worker.obey()
      }
      if (stage.session.isWedged) stage.worker.exit(1)

      expect(stage.settlements).toHaveLength(1)
      expect(stage.session.state).toBe('ended')
      expect(stage.clock.timers).toHaveLength(0)
      const entered = stage.states.filter((state, index) => state !== stage.states[index - 1])
      expect(entered).toEqual(STATES.filter((state) => entered.includes(state)))
      expect(stage.worker.commands.filter((command) => command === 'run').length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 5000 },
  )
})

test('what was decided first stands: a cause never changes once it is settled, and times are never negative', () => {
  fc.assert(
    fc.property(orders, obediences, (order, obedience) => {
      const stage = new Stage(obedience)
      for (const [, happen] of order) {
        const [before] = stage.settlements
        happen(stage)
        stage.worker.obey()
        if (before !== undefined) expect(stage.settlements).toEqual([before])
      }
      stage.session.cancel('shutdown', 'the end', false)
      stage.clock.advance(100_000)
      const [{ outcome } = expect.fail('no outcome')] = stage.settlements
      const { queuedMs, startedInMs, ranMs, stoppedInMs } = outcome
      for (const time of [queuedMs, startedInMs, ranMs, stoppedInMs]) expect(time ?? 0).toBeGreaterThanOrEqual(0)
      expect(outcome.status === 'completed').toBe(outcome.cause === 'result')
    }),
    { numRuns: 2000 },
  )
})

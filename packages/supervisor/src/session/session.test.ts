import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import type { Usage, WorkerMessage } from '../messages/messages.ts'
import type { Transport, WorkerHandle, WorkerListener } from '../tiers/transport.ts'
import type { Outcome } from './outcome.ts'
import { Session, type SessionObserver } from './session.ts'
import type { SessionTask, Settlement } from './session-task.ts'

/* The state machine on its own, with a simulated clock and transport; the real ones have agent-supervisor.test.ts. */

class SimulatedClock implements Clock {
  time = 0
  readonly timers: { at: number; callback: () => void }[] = []

  now = (): number => this.time

  setTimer = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { at: this.time + delayMs, callback }
    this.timers.push(timer)
    return () => void this.timers.splice(this.timers.indexOf(timer) >>> 0, 1)
  }

  advance(milliseconds: number): void {
    const until = this.time + milliseconds
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.time = next.at
      this.timers.splice(this.timers.indexOf(next), 1)
      next.callback()
    }
    this.time = until
  }

  #next(until: number): { at: number; callback: () => void } | undefined {
    return this.timers.filter(({ at }) => at <= until).toSorted((left, right) => left.at - right.at)[0]
  }
}

class SimulatedWorker implements Transport {
  readonly isolation = 'thread'
  readonly enforced = true
  readonly commands: string[] = []
  readonly obeysTerminate: boolean
  listener: WorkerListener | undefined
  exited = false

  constructor(obeysTerminate: boolean) {
    this.obeysTerminate = obeysTerminate
  }

  start(_start: unknown, listener: WorkerListener): WorkerHandle {
    this.listener = listener
    return {
      fuse: 'set',
      pid: undefined,
      run: () => void this.commands.push('run'),
      abort: () => void this.commands.push('abort'),
      terminate: () => void this.commands.push('terminate'),
      kill: () => void this.commands.push('kill'),
      sample: async () => undefined,
    }
  }

  say(message: WorkerMessage): void {
    if (!this.exited) this.listener?.message(message)
  }

  exit(code: number): void {
    if (this.exited || this.listener === undefined) return
    this.exited = true
    this.listener.exited(code, null)
  }
}

const usage: Usage = { heapMb: 10, externalMb: 1, cpuMs: 1 }

const sessionTask: SessionTask = {
  sessionId: 'worker-session-test',
  handler: { url: 'file:///task.js', exportName: 'default' },
  input: null,
  transferList: [],
  environment: {},
  isolation: 'thread',
  permissions: undefined,
  artifactFolder: null,
  attempt: 1,
  lastCheckpoint: undefined,
  limits: {
    heapLimitMb: 100,
    externalLimitMb: 50,
    timeoutMs: 1000,
    deadlineMs: 5000,
    queueTimeoutMs: 500,
    startupTimeoutMs: 300,
    heartbeatTimeoutMs: 400,
    graceMs: 50,
    exitTimeoutMs: 20,
  },
}

interface Stage {
  readonly clock: SimulatedClock
  readonly worker: SimulatedWorker
  readonly session: Session
  readonly settlements: Settlement[]
  readonly states: string[]
}

const createStage = (obeysTerminate = true, onChange?: (session: Session) => void): Stage => {
  const clock = new SimulatedClock()
  const worker = new SimulatedWorker(obeysTerminate)
  const settlements: Settlement[] = []
  const states: string[] = []
  const observer: SessionObserver = {
    changed: (session) => {
      states.push(session.state)
      onChange?.(session)
    },
    settled: (_session, settlement) => void settlements.push(settlement),
    progress: () => {},
    log: () => {},
    checkpoint: () => {},
    artifact: () => {},
    child: () => {},
  }
  return { clock, worker, session: new Session(sessionTask, () => worker, clock, observer), settlements, states }
}

const started = (obeysTerminate = true): Stage => {
  const stage = createStage(obeysTerminate)
  stage.session.start()
  stage.worker.say({ type: 'ready', threadId: 1, heapSizeLimitMb: 2000 })
  return stage
}

const outcome = ({ settlements }: Stage): Outcome | undefined => settlements[0]?.outcome

describe('a session', () => {
  test('settles with the result before its worker has gone, and ends when it has', () => {
    const stage = started()
    stage.worker.say({ type: 'result', value: 42, bytes: 8, usage, droppedLogLines: 0 })
    expect(stage.settlements).toMatchObject([{ ok: true, value: 42, outcome: { status: 'completed', exitCode: null } }])
    expect(stage.session.state).toBe('stopping')
    stage.worker.exit(1)
    expect(stage.session.state).toBe('ended')
    expect(stage.settlements).toHaveLength(1)
    expect(stage.clock.timers).toHaveLength(0)
  })

  test('climbs the kill ladder rung by rung and reports a wedged worker, which may still end later', () => {
    const stage = started(false)
    stage.clock.advance(400)
    expect(stage.worker.commands).toEqual(['run', 'abort'])
    stage.clock.advance(50)
    expect(stage.worker.commands).toEqual(['run', 'abort', 'terminate'])
    stage.clock.advance(20)
    expect(stage.worker.commands).toEqual(['run', 'abort', 'terminate', 'kill'])
    expect(stage.settlements).toHaveLength(0)
    stage.clock.advance(20)
    expect(stage.session.isWedged).toBe(true)
    expect(outcome(stage)).toMatchObject({ status: 'timed_out', cause: 'heartbeat', phase: 'forced', wedged: true })
    stage.worker.exit(1)
    expect(stage.session.state).toBe('ended')
    expect(stage.settlements).toHaveLength(1)
  })

  test('completes with a result that arrives in the grace of a shutdown', () => {
    const stage = started()
    stage.session.cancel('shutdown', 'closing')
    stage.worker.say({ type: 'result', value: 'saved', bytes: 8, usage, droppedLogLines: 3 })
    expect(stage.settlements).toMatchObject([
      { ok: true, value: 'saved', outcome: { cause: 'result', phase: 'cooperative' } },
    ])
    const cancelled = started()
    cancelled.session.cancel('user', 'enough')
    cancelled.worker.say({ type: 'result', value: 'late', bytes: 8, usage, droppedLogLines: 0 })
    expect(outcome(cancelled)).toMatchObject({ status: 'cancelled', cause: 'user', phase: 'cooperative' })
  })

  test('signs of life put the heartbeat timeout off, but not the time limit', () => {
    const stage = started()
    for (let beat = 0; beat < 3; beat++) {
      stage.clock.advance(300)
      stage.worker.say({ type: 'heartbeat' })
    }
    expect(stage.session.state).toBe('running')
    stage.clock.advance(100)
    expect(stage.worker.commands).toContain('abort')
    stage.worker.say({ type: 'result', value: 'late', bytes: 8, usage, droppedLogLines: 0 })
    expect(outcome(stage)).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'cooperative' })
  })

  test('ends at once at a memory limit, without a grace', () => {
    const stage = started()
    stage.session.observe({ heapMb: 101, externalMb: 1, cpuMs: 3 })
    expect(stage.worker.commands.at(-1)).toBe('kill')
    expect(stage.worker.commands).not.toContain('abort')
    stage.worker.exit(1)
    expect(outcome(stage)).toMatchObject({
      cause: 'heap_soft',
      phase: 'forced',
      peakHeapMb: 101,
      cpuMs: 3,
      exitCode: 1,
    })
  })

  test('a task that goes on growing in its grace loses it', () => {
    const stage = started()
    stage.session.cancel('user', 'enough')
    stage.session.observe({ heapMb: 101, externalMb: 1, cpuMs: null })
    expect(stage.worker.commands).toEqual(['run', 'abort', 'kill'])
    stage.worker.exit(1)
    expect(outcome(stage)).toMatchObject({ status: 'cancelled', cause: 'user', phase: 'forced', peakHeapMb: 101 })
  })

  test('lowers its heap limit when the real hard limit is too near', () => {
    const stage = createStage()
    stage.session.start()
    stage.worker.say({ type: 'ready', threadId: 1, heapSizeLimitMb: 120 })
    stage.session.observe({ heapMb: 61, externalMb: 1, cpuMs: null })
    stage.worker.exit(1)
    expect(outcome(stage)).toMatchObject({ cause: 'heap_soft', fuse: 'overridden', heapLimitMb: 60 })
  })

  test('an out-of-memory error before its exit is a heap death, after a kill it is the kill', () => {
    const outOfMemory = Object.assign(new Error('limit'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })
    const died = started()
    died.worker.listener?.crashed(outOfMemory)
    died.worker.exit(1)
    expect(outcome(died)).toMatchObject({ status: 'failed', cause: 'heap_hard' })
    const killed = started()
    killed.session.cancel('user', 'enough', false)
    killed.worker.listener?.crashed(outOfMemory)
    killed.worker.exit(1)
    expect(outcome(killed)).toMatchObject({ status: 'cancelled', cause: 'user' })
  })

  test('cancelled by whoever hears that it starts, it does not start', () => {
    const stage = createStage(true, (session) => session.state === 'starting' && session.cancel('user', 'no'))
    stage.session.start()
    expect(stage.session.state).toBe('ended')
    expect(stage.worker.listener).toBeUndefined()
    expect(stage.clock.timers).toHaveLength(0)
  })

  test('a worker that cannot be started is a spawn failure', () => {
    const stage = createStage()
    stage.worker.start = () => {
      throw new Error('no more threads')
    }
    stage.session.start()
    expect(outcome(stage)).toMatchObject({ status: 'failed', cause: 'spawn', startedInMs: null })
    expect(stage.session.state).toBe('ended')
  })
})

const happenings: fc.Arbitrary<(stage: Stage) => void> = fc.oneof(
  fc.constant(({ session }: Stage) => session.state === 'queued' && session.start()),
  fc.constant(({ worker }: Stage) => worker.say({ type: 'ready', threadId: 1, heapSizeLimitMb: 2000 })),
  fc.constant(({ worker }: Stage) => worker.say({ type: 'progress', value: 1 })),
  fc.constant(({ worker }: Stage) => worker.say({ type: 'result', value: 1, bytes: 8, usage, droppedLogLines: 0 })),
  fc.constant(({ worker }: Stage) =>
    worker.say({ type: 'failure', at: 'task', error: { name: 'E', message: 'm' }, usage, droppedLogLines: 0 }),
  ),
  fc.constant(({ worker }: Stage) => worker.listener?.crashed(new Error('crash'))),
  fc.constant(({ worker }: Stage) => worker.listener?.broken('gap')),
  fc.constant(({ worker }: Stage) => worker.exit(0)),
  fc.constant(({ session }: Stage) => session.cancel('user', 'cancel')),
  fc.constant(({ session }: Stage) => session.cancel('shutdown', 'close', false)),
  fc.constant(({ session }: Stage) => session.observe({ heapMb: 500, externalMb: 0, cpuMs: 0 })),
  fc.integer({ min: 1, max: 600 }).map(
    (milliseconds) =>
      ({ clock }: Stage) =>
        clock.advance(milliseconds),
  ),
)

test('whatever happens in whatever order: one outcome, no state left twice, no timer left', () => {
  fc.assert(
    fc.property(fc.array(happenings, { maxLength: 25 }), fc.boolean(), (sequence, obeysTerminate) => {
      const stage = createStage(obeysTerminate)
      for (const happen of sequence) {
        happen(stage)
        if (obeysTerminate && /terminate|kill/.test(stage.worker.commands.join())) stage.worker.exit(1)
      }
      stage.clock.advance(100_000)
      if (stage.session.isWedged || (obeysTerminate && stage.session.state === 'stopping')) stage.worker.exit(1)

      expect(stage.settlements).toHaveLength(1)
      expect(stage.session.state).toBe('ended')
      expect(stage.clock.timers).toHaveLength(0)
      const entered = stage.states.filter((state, index) => state !== stage.states[index - 1])
      expect(new Set(entered).size).toBe(entered.length)
    }),
    { numRuns: 2000 },
  )
})

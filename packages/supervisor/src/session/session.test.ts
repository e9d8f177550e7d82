import { describe, expect, test } from 'vitest'
import { aSessionTask, type Obedience, SimulatedClock, SimulatedWorker, usage } from '../fixtures/simulation.ts'
import type { Outcome } from './outcome.ts'
import { Session } from './session.ts'
import type { SessionObserver } from './session-observer.ts'
import type { Settlement } from './session-task.ts'

/* The state machine on its own, with a simulated clock and transport; the real ones have `conformance/`. */

interface Stage {
  readonly clock: SimulatedClock
  readonly worker: SimulatedWorker
  readonly session: Session
  readonly settlements: Settlement[]
  readonly states: string[]
}

const createStage = (
  obedience: Obedience = 'never exits',
  onChange?: (session: Session) => void,
  onSettled?: (session: Session) => void,
): Stage => {
  const clock = new SimulatedClock()
  const worker = new SimulatedWorker(obedience)
  const settlements: Settlement[] = []
  const states: string[] = []
  const observer: SessionObserver<Session> = {
    changed: (session) => {
      states.push(session.state)
      onChange?.(session)
    },
    settled: (session, settlement) => {
      settlements.push(settlement)
      onSettled?.(session)
    },
    progress: () => {},
    log: () => {},
    checkpoint: () => {},
    chunk: () => true,
    artifact: () => {},
    child: () => {},
  }
  return { clock, worker, session: new Session(aSessionTask(), () => worker, clock, observer), settlements, states }
}

const started = (): Stage => {
  const stage = createStage()
  stage.session.start()
  stage.worker.say({ type: 'ready', threadId: 1 })
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
    const stage = started()
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
    stage.worker.say({ type: 'ready', threadId: 1 })
    stage.session.observe({ heapMb: 1, heapSizeLimitMb: 120 })
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
    const stage = createStage('never exits', (session) => session.state === 'starting' && session.cancel('user', 'no'))
    stage.session.start()
    expect(stage.session.state).toBe('ended')
    expect(stage.worker.listener).toBeUndefined()
    expect(stage.clock.timers).toHaveLength(0)
  })

  test('cancelled by whoever hears that it runs, it is told to abort', () => {
    const stage = createStage('never exits', (session) => session.state === 'running' && session.cancel('user', 'no'))
    stage.session.start()
    stage.worker.say({ type: 'ready', threadId: 1 })
    expect(stage.worker.commands).toEqual(['run', 'abort'])
    expect(stage.clock.timers).toHaveLength(1)
  })

  test('killed by whoever hears of the abort, it does not climb back', () => {
    const stage = createStage(
      'never exits',
      ({ state }) => state === 'stopping' && stage.session.cancel('user', '', false),
    )
    stage.session.start()
    stage.worker.say({ type: 'ready', threadId: 1 })
    stage.session.cancel('user', 'enough')
    stage.clock.advance(20)
    expect(stage.worker.commands).toEqual(['run', 'kill'])
    expect(stage.session.isWedged).toBe(true)
  })

  test('killed by whoever hears of its end, it stays ended', () => {
    const stage = createStage('never exits', undefined, (session) => session.cancel('shutdown', 'all', false))
    stage.session.start()
    stage.worker.exit(3)
    expect(stage.session.state).toBe('ended')
    expect(stage.clock.timers).toHaveLength(0)
  })

  test('a crash with something that cannot be put into words is an outcome like any other', () => {
    const stage = started()
    stage.worker.listener?.crashed(Object.assign(new Error('x'), { message: { toString: 1 } }))
    stage.worker.exit(1)
    expect(outcome(stage)).toMatchObject({ status: 'failed', cause: 'error' })
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

import { describe, expect, test } from 'vitest'
import { aPlan } from './fixtures/plans.ts'
import { ToldRun } from './fixtures/told-run.ts'
import { isStale, schedule } from './schedule.ts'
import { startMarks } from './start-marks.ts'

const cel = { kind: 'cel', source: 'run.complexity == "high"' } as const

describe('steps begin', () => {
  test('one after the other when the file says nothing else, until the run is completed', () => {
    const run = new ToldRun(aPlan({}, {}, {}))
    expect(run.steps).toBe('queued pending pending')
    expect(run.ends(0).steps).toBe('completed queued pending')
    expect(run.standing).toEqual({ status: 'going' })
    expect(run.ends(1).ends(2).standing).toEqual({ status: 'completed' })
  })

  test('at once when they need nothing', () => {
    expect(new ToldRun(aPlan({ needs: [] }, { needs: [] }, { needs: [0] })).steps).toBe('queued queued pending')
  })

  test('when all that they need is done, whichever ends last', () => {
    const run = new ToldRun(aPlan({}, { needs: [0] }, { needs: [0] }, { needs: [1, 2] }))
    expect(run.ends(0).steps).toBe('completed queued queued pending')
    expect(run.ends(2).steps).toBe('completed queued completed pending')
    expect(run.ends(1).steps).toBe('completed completed completed queued')
  })

  test('in the order of the needs, which need not be that of the file', () => {
    const run = new ToldRun(aPlan({ needs: [1] }, { needs: [] }))
    expect(run.steps).toBe('pending queued')
    expect(run.ends(1).steps).toBe('queued completed')
  })

  test('only once: an end that is told twice begins nothing anew', () => {
    const run = new ToldRun(aPlan({}, {})).ends(0).claims(1)
    expect(run.ends(0).decision).toEqual({ changes: [], run: { status: 'going' }, sentBack: 0 })
  })
})

describe('a condition', () => {
  test('that does not hold skips the step, and what needs it begins', () => {
    const run = new ToldRun(aPlan({}, { condition: cel }, {}), { condition: () => false }).ends(0)
    expect(run.steps).toBe('completed skipped queued')
    expect(run.decision.changes[0]).toMatchObject({ to: 'skipped', reason: 'its condition does not hold' })
  })

  test('is asked when what the step needs is done, and of no step that has none', () => {
    const asked: number[] = []
    const condition = (step: number) => asked.push(step) > 0
    const run = new ToldRun(aPlan({}, { condition: cel }, {}), { condition })
    expect(asked).toEqual([])
    run.ends(0).ends(1)
    expect(asked).toEqual([1])
  })

  test('of every step that does not hold ends the run, which is completed', () => {
    const plan = aPlan({ condition: cel }, { condition: cel }, { condition: cel })
    const run = new ToldRun(plan, { condition: () => false })
    expect([run.steps, run.standing.status]).toEqual(['skipped skipped skipped', 'completed'])
  })

  const throwing = () => {
    throw new Error('no such key: size')
  }

  test('that throws fails the step and the run, and no other agent is tried', () => {
    const run = new ToldRun(aPlan({}, { condition: cel, agents: ['a', 'b'] }), { condition: throwing }).ends(0)
    const message = 'the condition of step 1 (Step 1) cannot be evaluated: no such key: size'
    expect(run.decision.changes).toMatchObject([
      { step: 1, to: 'failed', error: { code: 'CONDITION_FAILED', message } },
    ])
    expect(run.standing).toEqual({ status: 'failed', step: 1, code: 'CONDITION_FAILED', message })
  })

  test('that throws sends the run back where the step says so', () => {
    const plan = aPlan({}, { condition: cel, onFailure: { to: 0, max: 1 } })
    const run = new ToldRun(plan, { condition: throwing }).ends(0)
    expect(run.steps).toBe('queued pending')
    expect(run.memoryOf(0)).toMatchObject({ round: 1, feedback: expect.stringContaining('no such key: size') })
    expect(run.ends(0).steps).toBe('completed failed')
  })

  test('that throws lets nothing begin beside the failed step', () => {
    const plan = aPlan({}, { needs: [0] }, { needs: [0], condition: cel }, { needs: [0] })
    const run = new ToldRun(plan, { condition: throwing }).ends(0)
    expect(run.steps).toBe('completed pending failed pending')
    expect(run.decision.changes.map(({ step }) => step)).toEqual([2])
  })
})

describe('a step that fails', () => {
  test('goes to its next agent, in the same round, and with the last one the run fails', () => {
    const run = new ToldRun(aPlan({ agents: ['a', 'b', 'c'] }, {}))
    expect(run.fails(0).memoryOf(0)).toEqual({ round: 0, agent: 1, feedback: null })
    expect(run.fails(0).memoryOf(0)).toEqual({ round: 0, agent: 2, feedback: null })
    expect(run.fails(0).steps).toBe('failed pending')
    expect(run.standing).toEqual({ status: 'failed', step: 0, code: 'STEP_FAILED', message: 'step 0 (Step 0) failed' })
  })

  test('fails the run only when what runs has ended; what is queued never begins, and nothing follows', () => {
    const plan = aPlan({}, { needs: [] }, { needs: [] }, { needs: [1] })
    const run = new ToldRun(plan).claims(0, 1).fails(0)
    expect(run.steps).toBe('failed running pending pending')
    expect(run.standing.status).toBe('going')
    expect(run.ends(1).steps).toBe('failed completed pending pending')
    expect(run.standing).toMatchObject({ status: 'failed', step: 0 })
  })

  test('beside one that has failed already is not helped any more', () => {
    const helped = { needs: [0], agents: ['a', 'b'], onFailure: { to: 0, max: 1 } } as const
    const run = new ToldRun(aPlan({}, helped, { needs: [] })).ends(0).claims(1, 2).fails(2).fails(1)
    expect(run.steps).toBe('completed failed failed')
    expect(run.standing).toMatchObject({ status: 'failed', step: 1, code: 'STEP_FAILED' })
  })
})

describe('on_failure', () => {
  const review = { onFailure: { to: 1, max: 2 } }
  const plan = aPlan({}, {}, {}, review)

  test('sends the run back with feedback, and everything between is done anew', () => {
    const run = new ToldRun(plan).ends(0).ends(1).ends(2).fails(3)
    expect(run.steps).toBe('completed queued pending pending')
    expect(run.marks.map(({ round }) => round)).toEqual([0, 1, 1, 1])
    expect(run.memoryOf(1)).toEqual({ round: 1, agent: 0, feedback: 'what 3 found' })
    expect(run.ends(1).ends(2).ends(3).standing.status).toBe('completed')
  })

  test('comes after the other agents of the step, and everybody begins with the first agent again', () => {
    const two = { agents: ['a', 'b'] } as const
    const run = new ToldRun(aPlan(two, { ...two, onFailure: { to: 0, max: 1 } }))
    expect(run.fails(0).ends(0).fails(1).steps).toBe('completed queued')
    expect(run.fails(1).memoryOf(0)).toEqual({ round: 1, agent: 0, feedback: 'what 1 found' })
    expect(run.memoryOf(1)).toEqual({ round: 1, agent: 0, feedback: null })
  })

  test('sends back at most so many times; then the run fails', () => {
    const run = new ToldRun(plan).ends(0)
    for (const _ of [1, 2]) expect(run.ends(1).ends(2).fails(3).standing.status).toBe('going')
    run.ends(1).ends(2).fails(3)
    expect(run.steps).toBe('completed completed completed failed')
    expect(run.standing).toMatchObject({ status: 'failed', step: 3, code: 'ROUNDS_EXHAUSTED' })
  })

  test('counts what the step itself has sent back, not how often others took it along', () => {
    const two = { to: 0, max: 1 }
    const run = new ToldRun(aPlan({}, { onFailure: two }, { onFailure: two })).ends(0).ends(1).fails(2)
    expect(run.memoryOf(1)).toMatchObject({ round: 1 })
    expect(run.ends(0).fails(1).steps).toBe('queued pending pending')
    expect(run.ends(0).fails(1).standing).toMatchObject({ status: 'failed', step: 1, code: 'ROUNDS_EXHAUSTED' })
  })

  test('of all steps together is bounded by the limits', () => {
    const run = new ToldRun(plan, { limits: { maxRounds: 1 } }).ends(0).ends(1).ends(2).fails(3)
    expect(run.ends(1).ends(2).fails(3).standing).toMatchObject({ status: 'failed', code: 'ROUNDS_EXHAUSTED' })
  })

  test('asks again whether a skipped step is to run', () => {
    let isSkipped = true
    const run = new ToldRun(aPlan({}, { condition: cel }, { onFailure: { to: 0, max: 1 } }), {
      condition: () => !isSkipped,
    })
    expect(run.ends(0).steps).toBe('completed skipped queued')
    isSkipped = false
    expect(run.fails(2).steps).toBe('queued pending pending')
    expect(run.ends(0).steps).toBe('completed queued pending')
  })

  test('takes back what has come of the target on every branch, and leaves the rest alone', () => {
    const branches = [{ needs: [0] }, { needs: [0] }, { needs: [] }]
    const run = new ToldRun(aPlan({}, ...branches, { needs: [1], onFailure: { to: 0, max: 1 } }))
    run.ends(3).ends(0).ends(2).ends(1).fails(4)
    expect(run.steps).toBe('queued pending pending completed pending')
  })

  test('makes the target a need, whether the step says so or not', () => {
    const run = new ToldRun(aPlan({}, { needs: [], onFailure: { to: 0, max: 1 } }))
    expect(run.steps).toBe('queued pending')
    expect(run.ends(0).fails(1).steps).toBe('queued pending')
  })
})

describe('a step that runs while what it needs is sent back', () => {
  const plan = aPlan({}, { needs: [0] }, { needs: [0], onFailure: { to: 0, max: 1 } }, { needs: [1] })
  const sentBack = () => new ToldRun(plan).ends(0).claims(1, 2).fails(2)

  test('may finish, and until then nothing that it needs begins', () => {
    const run = sentBack()
    expect(run.steps).toBe('pending running pending pending')
    expect(run.standing.status).toBe('going')
    expect([1, 2].map((step) => isStale(plan, run.marks, step))).toEqual([true, false])
  })

  test.each(['completed', 'failed'] as const)('is done anew when it has %s, and nobody begins from it', (status) => {
    const run = sentBack().ends(1, status)
    expect(run.steps).toBe('queued pending pending pending')
    expect(run.memoryOf(0)).toEqual({ round: 1, agent: 0, feedback: 'what 2 found' })
    expect(run.memoryOf(1)).toMatchObject({ round: 1, agent: 0 })
  })

  test('is taken back when the store has queued it for another attempt', () => {
    const stale = aPlan({}, { needs: [0] }, { needs: [0], onFailure: { to: 0, max: 1 } }, { needs: [] })
    const run = new ToldRun(stale).ends(0).claims(1, 2, 3).fails(2).loses(1, 'queued')
    expect(run.ends(3).steps).toBe('queued pending pending completed')
  })

  test('is done anew when its process was lost', () => {
    const run = sentBack().loses(1).resumes()
    expect(run.steps).toBe('queued pending pending pending')
    expect(run.memoryOf(1)).toMatchObject({ round: 1 })
  })

  test('is queued at once when what it needs is skipped this time', () => {
    let isSkipped = false
    const [first = {}, ...others] = plan.steps
    const skipping = aPlan({ ...first, condition: cel }, ...others)
    const run = new ToldRun(skipping, { condition: () => !isSkipped }).ends(0).claims(1, 2).fails(2)
    isSkipped = true
    expect(run.ends(1).steps).toBe('skipped queued queued pending')
  })
})

describe('approval before a step', () => {
  const plan = aPlan({}, { approval: 'before' }, {})

  test('makes the run wait, and the step begins when a person agrees, with what they say', () => {
    const run = new ToldRun(plan).ends(0)
    expect(run.steps).toBe('completed waiting pending')
    expect(run.standing).toEqual({ status: 'waiting', steps: [1] })
    expect(run.decision.changes).toMatchObject([{ approval: 'before', reason: 'a person must let it begin' }])
    expect(run.approves(1, 'on staging first').steps).toBe('completed queued pending')
    expect(run.memoryOf(1).feedback).toBe('on staging first')
  })

  test('fails the run when a person rejects it', () => {
    const run = new ToldRun(plan).ends(0).rejects(1, 'not on a Friday')
    const message = 'step 1 (Step 1) was rejected: not on a Friday'
    expect(run.standing).toEqual({ status: 'failed', step: 1, code: 'APPROVAL_REJECTED', message })
  })

  test('is asked for after the condition, and again in each round', () => {
    const guarded = { approval: 'before', condition: cel } as const
    const run = new ToldRun(aPlan({}, guarded, { onFailure: { to: 1, max: 1 } })).ends(0).approves(1).ends(1)
    expect(run.fails(2).steps).toBe('completed waiting pending')
    expect(run.memoryOf(1)).toEqual({ round: 1, agent: 0, feedback: 'what 2 found' })
    expect(run.approves(1, 'go on').memoryOf(1).feedback).toBe('what 2 found\n\ngo on')
    const skipping = new ToldRun(aPlan({}, guarded), { condition: () => false }).ends(0)
    expect(skipping.steps).toBe('completed skipped')
  })

  test('is not asked for by another agent of the step', () => {
    const run = new ToldRun(aPlan({ approval: 'before', agents: ['a', 'b'] })).approves(0).fails(0)
    expect([run.steps, run.memoryOf(0).agent]).toEqual(['queued', 1])
  })
})

describe('approval after a step', () => {
  const plan = aPlan({}, { approval: 'after', onFailure: { to: 0, max: 1 }, agents: ['a', 'b'] }, {})
  const worked = () => new ToldRun(plan).ends(0).ends(1)

  test('makes the run wait once it has worked, and what needs it begins when a person agrees', () => {
    const run = worked()
    expect(run.steps).toBe('completed waiting pending')
    expect(run.decision.changes).toMatchObject([{ approval: 'after', reason: 'a person must accept what it has done' }])
    expect(run.approves(1).steps).toBe('completed completed queued')
  })

  test('sends the run back with what the person says; no other agent is tried', () => {
    const run = worked().rejects(1, 'the tests are missing')
    expect(run.steps).toBe('queued pending pending')
    expect(run.memoryOf(0).feedback).toBe('the tests are missing')
    expect(run.ends(0).ends(1).rejects(1).standing).toMatchObject({ code: 'APPROVAL_REJECTED', step: 1 })
  })

  test('says who was rejected when the person says nothing', () => {
    expect(worked().rejects(1).memoryOf(0).feedback).toBe('step 1 (Step 1) was rejected')
  })
})

describe('several approvals', () => {
  const asks = { needs: [], approval: 'before' } as const
  const plan = aPlan(asks, { needs: [], approval: 'after' }, { needs: [] })

  test('are waited for at once while the rest goes on, and are given in any order', () => {
    const run = new ToldRun(plan).ends(1)
    expect([run.steps, run.standing.status]).toEqual(['waiting waiting queued', 'going'])
    expect(run.ends(2).standing).toEqual({ status: 'waiting', steps: [0, 1] })
    expect(run.approves(1).standing).toEqual({ status: 'waiting', steps: [0] })
    expect(run.approves(0).ends(0).standing.status).toBe('completed')
  })

  test('keep waiting when the run fails, and what a person says meanwhile is kept', () => {
    const run = new ToldRun(plan).ends(1).claims(2)
    const other = new ToldRun(aPlan(asks, asks, { needs: [] }, { needs: [] })).claims(2, 3).fails(2).approves(0)
    expect(other.steps).toBe('pending waiting failed running')
    expect(other.fails(3).resumes().steps).toBe('queued waiting queued queued')
    expect(run.fails(2).approves(1).steps).toBe('waiting completed failed')
  })

  test('are refused for a step that does not wait, such as one whose need was sent back', () => {
    const stale = aPlan({}, { needs: [0], approval: 'before' }, { needs: [0], onFailure: { to: 0, max: 1 } })
    const run = new ToldRun(stale).ends(0).fails(2)
    expect(run.steps).toBe('queued pending pending')
    expect(() => run.approves(1)).toThrow('approved: expected a step that is waiting; step 1 (Step 1) is pending')
    expect(() => run.rejects(1)).toThrow(expect.objectContaining({ code: 'SCHEDULE_EVENT_IMPOSSIBLE', step: 1 }))
  })
})

describe('a run that is resumed', () => {
  test('does again what was interrupted, with the agent that had it, and nothing that is completed', () => {
    const asked: number[] = []
    const plan = aPlan({}, { agents: ['a', 'b'], condition: cel }, {})
    const run = new ToldRun(plan, { condition: (step) => asked.push(step) > 0 }).ends(0).fails(1).claims(1)
    run.ends(1, 'interrupted')
    expect(run.standing).toEqual({ status: 'stopped', steps: [1] })
    expect(run.resumes().steps).toBe('completed queued pending')
    expect([run.memoryOf(1), asked]).toEqual([{ round: 0, agent: 1, feedback: null }, [1]])
  })

  test('keeps waiting for whoever it waits for', () => {
    const run = new ToldRun(aPlan({}, { approval: 'after' })).ends(0).ends(1).resumes()
    expect(run.decision).toEqual({ changes: [], run: { status: 'waiting', steps: [1] }, sentBack: 0 })
  })

  test('after its rounds were used up gives the failed step one more try, with its first agent, in the same round', () => {
    const plan = aPlan({}, { agents: ['a', 'b'], onFailure: { to: 0, max: 1 } })
    const run = new ToldRun(plan).ends(0).fails(1).fails(1).ends(0).fails(1).fails(1)
    expect(run.standing).toMatchObject({ code: 'ROUNDS_EXHAUSTED' })
    expect(run.resumes().steps).toBe('completed queued')
    expect(run.memoryOf(1)).toEqual({ round: 1, agent: 0, feedback: null })
    expect(run.fails(1).fails(1).standing).toMatchObject({ status: 'failed', code: 'ROUNDS_EXHAUSTED' })
  })

  test('after a rejection asks again, and the step knows what was said', () => {
    const run = new ToldRun(aPlan({ approval: 'after' })).ends(0).rejects(0, 'too long').resumes()
    expect(run.steps).toBe('queued')
    expect(run.memoryOf(0).feedback).toBe('step 0 (Step 0) was rejected: too long')
    expect(run.ends(0).steps).toBe('waiting')
  })

  test('after it was cancelled goes on where it was', () => {
    const plan = aPlan({}, { needs: [0] }, { needs: [0], approval: 'before' }, { needs: [1, 2] })
    const run = new ToldRun(plan).ends(0).claims(1).loses(2, 'cancelled').loses(3, 'cancelled').ends(1, 'cancelled')
    expect(run.standing).toEqual({ status: 'stopped', steps: [1, 2, 3] })
    expect(run.resumes().steps).toBe('completed queued waiting pending')
  })

  test('asks a person again about a step that was stale when it was cancelled', () => {
    const guarded = { needs: [0], approval: 'before', agents: ['a', 'b'] } as const
    const run = new ToldRun(aPlan({}, guarded, { needs: [0], onFailure: { to: 0, max: 1 } }))
    run.ends(0).approves(1).fails(1).claims(1, 2).fails(2).ends(1, 'cancelled').resumes()
    expect(run.steps).toBe('queued pending pending')
    expect(run.ends(0).steps).toBe('completed waiting queued')
    expect(run.approves(1).memoryOf(1)).toMatchObject({ agent: 0 })
  })

  test('begins what an earlier decision could not, because the run was being cancelled', () => {
    const run = new ToldRun(aPlan({}, {}, { needs: [] })).claims(0, 2)
    run.loses(1, 'cancelled').loses(2, 'cancelled').ends(0)
    expect(run.steps).toBe('completed cancelled cancelled')
    expect(run.resumes().steps).toBe('completed queued queued')
  })

  test('begins what was put back because nothing was left to spend', () => {
    const run = new ToldRun(aPlan({}, { needs: [] }, {})).claims(1).ends(0).loses(0, 'pending').ends(1)
    expect(run.loses(2, 'pending').resumes().steps).toBe('queued completed queued')
  })

  test('asks about work that no person has accepted, though its end was taken for the last', () => {
    const run = new ToldRun(aPlan({ approval: 'after' }, {})).loses(0, 'completed')
    expect(run.resumes().steps).toBe('waiting pending')
  })

  test('that is completed has nothing to do', () => {
    expect(new ToldRun(aPlan({})).ends(0).resumes().decision).toEqual({
      changes: [],
      run: { status: 'completed' },
      sentBack: 0,
    })
  })
})

describe('what does not fit together is refused', () => {
  const ask = { condition: () => true, feedback: () => '' }

  test('an end of a step that has not ended, or that is not there', () => {
    const plan = aPlan({}, {})
    const end = (step: number) => () => schedule(plan, startMarks(plan), { kind: 'ended', step }, ask)
    expect(end(0)).toThrow(
      'ended: expected a step that is completed, failed, interrupted, cancelled; step 0 (Step 0) is pending',
    )
    expect(end(7)).toThrow('there is no step at 7')
  })

  test('marks that are not one for each step, by position', () => {
    const plan = aPlan({}, {})
    const [first, second] = startMarks(plan)
    const code = expect.objectContaining({ code: 'SCHEDULE_MARKS_INVALID' })
    for (const marks of [[first], [second, first]]) {
      expect(() => schedule(plan, marks as never, { kind: 'resumed' }, ask)).toThrow(code)
    }
  })

  test.each([
    ['needs itself through others', aPlan({ needs: [1] }, { needs: [0] })],
    ['is sent back to one that comes after it', aPlan({ needs: [1] }, { needs: [], onFailure: { to: 0, max: 1 } })],
    ['needs one that is not there', aPlan({ needs: [3] })],
  ])('a plan in which a step %s', (_title, plan) => {
    const code = expect.objectContaining({ code: 'SCHEDULE_PLAN_INVALID' })
    expect(() => schedule(plan, startMarks(plan), { kind: 'start' }, ask)).toThrow(code)
  })
})

import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import { awaitApproval, beginAll } from './begin.ts'
import type { Decision } from './decision.ts'
import type { ScheduleEvent } from './event.ts'
import { fail } from './fail.ts'
import { joinedWords } from './joined-words.ts'
import type { Mark, MarkStatus } from './mark.ts'
import type { ScheduleQuestions } from './questions.ts'
import { freedBy, renew, renewStale } from './renew.ts'
import { resume } from './resume.ts'
import { misplaced, ScheduleError } from './schedule-error.ts'
import { standingOf } from './standing.ts'
import { ListedMarks, type StepMarks } from './step-marks.ts'
import { Turn } from './turn.ts'

/*
 * What happens next in a run. Pure: it reads the marks that it is given, asks what it is given to ask, and answers with
 * what is to be written. The same marks, event and answers give the same decision, on whatever host.
 *
 * One step, in one round:
 *
 *                                    ┌────────────── condition does not hold ──────────────► skipped
 *   pending ── its needs are done ───┼─ condition throws ─────────────────────────────────────────┐
 *      ▲                             ├─ approval: before ──► waiting ── rejected ─────────────────┤
 *      │                             │                          │ approved                        │
 *      │                             └───────────────────────►──┴─► queued ◄── another agent ──┐  │
 *      │                                                              │ claimed              │  │
 *      │                                                              ▼                      │  │
 *      │                               completed ◄── it worked ──── running ──── it failed ──┴──┤
 *      │                                   ▲                          │ approval: after         │
 *      │                                   └─── approved ────────  waiting ─── rejected ────────┤
 *      │                                                                                        ▼
 *      ├────────────── next round ────────── sent back, as often as on_failure says ─────── it failed
 *      │                                                                                        │ never again
 *      └── any that comes after the step that the run is sent back to: its next round           ▼
 *                                                                                             failed
 *
 * `queued → running` and all ends of `running` are written by the store. From outside come also: running → interrupted
 * (its process was lost) and anything → cancelled. A run in which a step is failed, interrupted or cancelled is halted:
 * what runs may finish, and nothing begins until the run is resumed.
 *
 * What is decided where more than one thing would make sense:
 *
 * - A step comes after its `needs` and after the step that its failures send the run back to: `planWorkflow` sees to
 *   it that this one is among what it needs, and here it counts as a need all the same.
 * - A skipped need counts as done. The condition is asked when the needs are done, before a person is: nobody is asked
 *   about a step that is then skipped. A constant or prose is asked about like any other condition.
 * - A condition that throws is a failure of the step (`CONDITION_FAILED`), and a rejection too (`APPROVAL_REJECTED`).
 *   For neither is another agent tried.
 * - Sending back takes back everything that comes after the target, on every branch: completed, skipped, queued and
 *   waiting steps are pending again in their next round, with their first agent, and not approved. An approval given
 *   then is refused: what it was about is stale. Steps that have not begun keep their round.
 * - What runs meanwhile may finish. It is stale, which shows by a need that is not done; however it ends, it is pending
 *   again in its next round. Until then the step that the run was sent back to does not begin: no step ever runs beside
 *   one that it comes after, and so they never write to one workspace at a time. `isStale` tells whoever runs it that
 *   its end will not count, and that trying it again is of no use.
 * - `max` counts how often this step's own failures have sent the run back, not how often others took it along. All of
 *   them together are bounded by `limits.maxRounds`.
 * - When a run fails, queued steps go back to pending in the same round. Those that wait for a person keep waiting, and
 *   a decision about them is kept, though nothing begins. Another failure meanwhile neither sends back nor hands over.
 * - A run that only fails (or stops) keeps the standing `going` until nothing of it is queued or runs.
 * - Resuming: an interrupted step is queued again in the same round with the same agent, and neither its condition nor
 *   a person is asked again. A failed one begins with its first agent; one that a person rejected is told the words
 *   and put before a person again. A cancelled one keeps its agent and its approval, but it may not have begun, so its
 *   condition is asked; what it had made while it waited to be accepted is not known here, so it is done again. What
 *   waits keeps waiting. None of this is a new round, and how often the run was sent back counts on: a step that had
 *   used up its `max` gets this one more try.
 *
 * Every run ends or waits. Each sending back raises a counter that never falls, and there are at most
 * S = min(maxRounds, sum of all `max`) of them in a run, so each step has at most S + 1 rounds. In a round it is queued
 * at most once for each of its agents, waits for a person at most once, and everything else is an end of the round;
 * a resumption adds at most one more of these. Between two events something is queued or runs, or the run has ended,
 * or it waits: of the pending steps the first in the order of needs has all it needs, so it has begun unless something
 * stale still runs.
 */

/**
 * Decides what follows from an event. Looks at the step, at those that need it and at what these need; at all that comes after a step
 * when something is sent back to it, and at all steps when the run is resumed.
 *
 * @param plan keep the object for as long as the run goes on: what is worked out from it is found by its identity
 * @param marks as they stand once the event has happened: a list of one for each step, by position, or what reads them
 * @throws {ScheduleError} SCHEDULE_EVENT_IMPOSSIBLE, SCHEDULE_MARKS_INVALID, SCHEDULE_PLAN_INVALID
 */
export function schedule(
  plan: WorkflowPlan,
  marks: readonly Mark[] | StepMarks,
  event: ScheduleEvent,
  ask: ScheduleQuestions,
): Decision {
  const turn = new Turn(plan, readable(plan, marks), ask)
  // A step that is not there would never keep the run from having completed.
  if (turn.tally.all !== plan.steps.length) throw misplaced(null, plan)
  follow(turn, event)
  return { changes: turn.changes(), run: standingOf(turn), sentBack: turn.sentBack }
}

/**
 * Whether the work of this step will not count, because something that it began from is done anew. Whoever claims a step
 * asks before it works, and again before it is tried again: the store queues a failed attempt, or one whose host is
 * lost, without asking what has become of the needs. One that is stale is ended at once, as failed and without another
 * attempt; with that end `schedule` puts it where it belongs.
 */
export function isStale(plan: WorkflowPlan, marks: readonly Mark[] | StepMarks, step: number): boolean {
  const turn = new Turn(plan, readable(plan, marks), { condition: () => true, feedback: () => '' })
  return turn.at(step).status !== 'pending' && !turn.areNeedsDone(step)
}

function readable(plan: WorkflowPlan, marks: readonly Mark[] | StepMarks): StepMarks {
  return 'counts' in marks ? marks : new ListedMarks(plan, marks)
}

function follow(turn: Turn, event: ScheduleEvent): void {
  if (event.kind === 'resumed') return resume(turn)
  if (event.kind === 'start') return beginAll(turn, turn.topology.order)
  assertPossible(turn, event)
  beginAll(turn, [...renewStale(turn), ...followed(turn, event)])
}

type StepEvent = Extract<ScheduleEvent, { step: number }>

const possible: Readonly<Record<StepEvent['kind'], readonly MarkStatus[]>> = {
  ended: ['completed', 'failed', 'interrupted', 'cancelled'],
  approved: ['waiting'],
  rejected: ['waiting'],
}

function assertPossible(turn: Turn, { kind, step }: StepEvent): void {
  const status = turn.plan.steps[step] === undefined ? undefined : turn.at(step).status
  if (status !== undefined && possible[kind].includes(status)) return
  const is = status === undefined ? `there is no step at ${step}` : `${turn.named(step)} is ${status}`
  const message = `${kind}: expected a step that is ${possible[kind].join(', ')}; ${is}`
  throw new ScheduleError('SCHEDULE_EVENT_IMPOSSIBLE', step, message)
}

/** Writes what became of the step itself; answers what is to be looked at next. */
function followed(turn: Turn, event: StepEvent): readonly number[] {
  if (event.kind === 'approved') return approve(turn, event.step, event.feedback)
  if (event.kind === 'rejected') return reject(turn, event.step, event.feedback)
  return end(turn, event.step)
}

function end(turn: Turn, step: number): readonly number[] {
  const { status } = turn.at(step)
  if (status === 'interrupted' || status === 'cancelled') return []
  if (!turn.areNeedsDone(step)) return endStale(turn, step)
  if (status === 'failed') return fail(turn, step, { error: null, feedback: () => turn.ask.feedback(step) })
  if (turn.isDone(step)) return turn.dependantsOf(step)
  awaitApproval(turn, step)
  return []
}

function endStale(turn: Turn, step: number): readonly number[] {
  renew(turn, step)
  return freedBy(turn, step)
}

function approve(turn: Turn, step: number, words: string | null): readonly number[] {
  const memory = { approved: true, feedback: joinedWords(turn.at(step).feedback, words) }
  if (turn.planned(step).approval === 'after') {
    turn.put(step, { to: 'completed' }, memory)
    return turn.dependantsOf(step)
  }
  turn.put(step, { to: turn.isHalted ? 'pending' : 'queued' }, memory)
  return []
}

function reject(turn: Turn, step: number, words: string | null): readonly number[] {
  const message = `${turn.named(step)} was rejected${words ? `: ${words}` : ''}`
  return fail(turn, step, { error: { code: 'APPROVAL_REJECTED', message }, feedback: () => words || message })
}

import { ChildRegistry } from './children/child-registry.ts'
import { systemClock } from './clock.ts'
import { createSessionId } from './ended-sessions.ts'
import { journalFailed, type SupervisorError } from './errors.ts'
import { type SessionJournal, snapshotOf } from './journal.ts'
import { MemoryGuard } from './memory/memory-guard.ts'
import { checkTaskOptions, defaults, type Task, type TaskOptions } from './options.ts'
import { Session } from './session/session.ts'
import type { SessionObserver } from './session/session-observer.ts'
import { callBack, createSessionTask, type Submission, type TaskStream, Ticket } from './submission.ts'
import { inProcessTransport } from './tiers/in-process-transport.ts'

/** A submission in place; it has no supervisor to end its child processes in an exit hook. */
export interface InProcessSubmission<Value = unknown> extends Submission<Value> {
  /** Like `cancel`, but for the end of this process: the outcome's cause is `shutdown`. */
  interrupt(reason: string): void
  /** Synchronous, for an exit hook. */
  killChildrenSync(): void
  /** Resolves when no child process of it is left; call it after `outcome`. */
  swept(): Promise<void>
}

/**
 * Runs a task in this process, with the same context, clocks and outcome as in a worker. Its limits cannot be enforced
 * (`enforced: false`): a task that spins stops this process, and one that outlives its grace is left behind.
 */
export const runInProcess = <Value = unknown>(
  task: Task,
  options: TaskOptions = {},
  journal?: SessionJournal,
): InProcessSubmission<Value> => submit<Value>(task, new Ticket(options), journal)

/** The same for a task whose chunks are read as they come, as `AgentSupervisor.stream` does it. */
export const streamInProcess = <Chunk = unknown, Value = unknown>(
  task: Task,
  options: TaskOptions = {},
  journal?: SessionJournal,
): InProcessSubmission<Value> & TaskStream<Chunk, Value> => {
  const ticket = new Ticket(options, true)
  return ticket.stream(submit<Value>(task, ticket, journal))
}

const submit = <Value>(task: Task, ticket: Ticket, journal: SessionJournal | undefined): InProcessSubmission<Value> => {
  const { options } = ticket
  const sessionId = options.sessionId ?? createSessionId('in-process-session')
  const children = new ChildRegistry()
  const submission = (cancel: (cause: 'user' | 'shutdown', reason: string) => void): InProcessSubmission<Value> =>
    Object.assign(
      ticket.submission<Value>(sessionId, (reason) => cancel('user', reason)),
      {
        interrupt: (reason: string) => cancel('shutdown', reason),
        killChildrenSync: () => children.killAll(sessionId),
        swept: () => children.swept(),
      },
    )
  try {
    checkTaskOptions(options)
    const sessionTask = createSessionTask(task, options, sessionId, {}, defaults, ticket.chunks !== undefined)
    const session = new Session(sessionTask, () => inProcessTransport, systemClock, observe(ticket, children))
    children.watch(sessionId)
    void start(session, ticket, journal)
    return submission((cause, reason) => session.cancel(cause, reason))
  } catch (error) {
    ticket.refuse(error as SupervisorError)
    return submission(() => {})
  }
}

const start = async (session: Session, ticket: Ticket, journal: SessionJournal | undefined): Promise<void> => {
  // It may be cancelled from now on, also while the journal takes its time.
  ticket.listen(session)
  try {
    await journal?.queued(snapshotOf(session, ticket.options.metadata))
  } catch (cause) {
    ticket.refuse(journalFailed(cause))
    return session.cancel('shutdown', 'the journal failed', false)
  }
  if (session.state === 'queued') session.start()
}

const observe = (ticket: Ticket, children: ChildRegistry, guard = new MemoryGuard()): SessionObserver<Session> => ({
  changed: (session) => {
    if (session.state === 'running') {
      guard.watch(session)
      ticket.markRunning(session.id)
    }
    if (session.state === 'ended') {
      guard.unwatch(session)
      children.killAll(session.id)
    }
  },
  settled: (session, settlement) => {
    children.killAll(session.id)
    ticket.settle(settlement)
  },
  progress: (_session, value) => callBack(ticket.options.onProgress, value),
  log: (_session, line) => callBack(ticket.options.onLog, line),
  checkpoint: (_session, value) => callBack(ticket.options.onCheckpoint, value),
  chunk: (_session, value) => ticket.addChunk(value),
  artifact: (_session, artifact) => callBack(ticket.options.onArtifact, artifact),
  child: (session, pid, alive) => {
    callBack(() => ticket.options.onChild?.(pid, alive), undefined)
    if (!alive) return children.remove(session.id, pid)
    children.add(session.id, pid)
    if (session.settlement !== undefined) children.killAll(session.id)
  },
})

import type { Clock } from '../clock.ts'
import type { Resize } from '../elastic/size-controller.ts'
import type { SupervisorError } from '../errors.ts'
import type { ResolvedHandler } from '../handler.ts'
import type { Session } from '../session/session.ts'
import type { Settlement } from '../session/session-task.ts'
import type { SpareShape } from '../spares/spare-shape.ts'
import type { SpareMessage, TaskMessage, WorkerMessage } from './messages.ts'
import { publish } from './publish.ts'
import { SessionStatistics } from './session-times.ts'

/** A spare, as it is told of. */
export interface ObservedSpare {
  readonly workerId: string
  readonly shape: SpareShape
  readonly workerPid: number | undefined
}

let supervisors = 0

/** Sees everything that a supervisor does: publishes it, and keeps the figures of it. */
export class SupervisorObserver {
  /** Of this process's supervisors. */
  readonly id: string = `supervisor-${++supervisors}`
  readonly statistics: SessionStatistics = new SessionStatistics()
  readonly #clock: Clock
  readonly #queued: () => number
  /** The rung of one that stops says so again and again; its beginning is told once. */
  readonly #stopping: WeakSet<Session> = new WeakSet()
  /** A session that has ended knows no worker any more. */
  readonly #pids: WeakMap<Session, number> = new WeakMap()

  /** `queued`: how many tasks wait. */
  constructor(clock: Clock, queued: () => number) {
    this.#clock = clock
    this.#queued = queued
  }

  submitted(session: Session): void {
    publish('mayfly:task:submitted', () => this.#task(session))
  }

  refused(sessionId: string, error: SupervisorError): void {
    publish('mayfly:task:refused', () => ({ supervisorId: this.id, sessionId, code: error.code, error }))
  }

  enqueued({ id }: Session): void {
    publish('mayfly:queue:enqueued', () => ({ supervisorId: this.id, sessionId: id, length: this.#queued() }))
  }

  changed(session: Session): void {
    if (session.workerPid !== undefined) this.#pids.set(session, session.workerPid)
    if (session.state === 'starting') this.#started(session)
    if (session.state === 'running') this.#running(session)
    if (session.state === 'stopping') this.#stops(session)
    if (session.state === 'ended') this.#ended(session)
  }

  settled(session: Session, settlement: Settlement): void {
    const { outcome } = settlement
    this.statistics.settled(outcome)
    const error = settlement.ok ? null : settlement.error
    publish('mayfly:task:settled', () => ({ ...this.#task(session), outcome, error }))
  }

  needsDrain(isNeeded: boolean): void {
    publish(isNeeded ? 'mayfly:queue:needs-drain' : 'mayfly:queue:drain', () => ({ supervisorId: this.id }))
  }

  idle(): void {
    publish('mayfly:queue:idle', () => ({ supervisorId: this.id }))
  }

  resized(resize: Resize): void {
    publish('mayfly:queue:resize', () => ({ supervisorId: this.id, ...resize }))
  }

  spareCreated(spare: ObservedSpare): void {
    publish('mayfly:worker:created', () => this.#spareWorker(spare))
  }

  spareReady(spare: ObservedSpare): void {
    publish('mayfly:worker:ready', () => this.#spareWorker(spare))
    publish('mayfly:spare:ready', () => this.#spare(spare))
  }

  spareFailed(spare: ObservedSpare, error: Error): void {
    publish('mayfly:spare:failed', () => ({ ...this.#spare(spare), error }))
  }

  spareGone(spare: ObservedSpare): void {
    publish('mayfly:spare:ended', () => this.#spare(spare))
    publish('mayfly:worker:ended', () => this.#spareWorker(spare))
  }

  #started(session: Session): void {
    const { id, workerId, isolation } = session
    const fromSpare = workerId !== id
    this.statistics.started(session)
    publish('mayfly:queue:dequeued', () => ({
      supervisorId: this.id,
      sessionId: id,
      length: this.#queued(),
      waitedMs: this.#clock.now() - session.createdAt,
    }))
    publish('mayfly:task:started', () => ({ ...this.#task(session), workerId, isolation, fromSpare }))
    if (!fromSpare) return publish('mayfly:worker:created', () => this.#worker(session))
    const handler = nameOf(session.task.handler)
    publish('mayfly:spare:taken', () => ({ supervisorId: this.id, workerId, handler, isolation, sessionId: id }))
  }

  #running(session: Session): void {
    if (session.workerId === session.id) publish('mayfly:worker:ready', () => this.#worker(session))
    publish('mayfly:task:running', () => this.#task(session))
  }

  #stops(session: Session): void {
    this.statistics.stopping(session, this.#clock.now())
    if (session.isWedged) publish('mayfly:worker:wedged', () => this.#worker(session))
    if (this.#stopping.has(session)) return
    this.#stopping.add(session)
    publish('mayfly:worker:stopping', () => this.#worker(session))
  }

  #ended(session: Session): void {
    this.statistics.ended(session, this.#clock.now())
    if (session.hadWorker) publish('mayfly:worker:ended', () => this.#worker(session))
    publish('mayfly:task:ended', () => this.#task(session))
  }

  #task({ id, task }: Session): TaskMessage {
    return { supervisorId: this.id, sessionId: id, handler: nameOf(task.handler), attempt: task.attempt }
  }

  #worker(session: Session): WorkerMessage {
    const { id, workerId, isolation } = session
    return { supervisorId: this.id, workerId, sessionId: id, isolation, pid: this.#pids.get(session) ?? null }
  }

  #spareWorker({ workerId, shape, workerPid }: ObservedSpare): WorkerMessage {
    return { supervisorId: this.id, workerId, sessionId: null, isolation: shape.isolation, pid: workerPid ?? null }
  }

  #spare({ workerId, shape }: ObservedSpare): SpareMessage {
    return { supervisorId: this.id, workerId, handler: nameOf(shape.handler), isolation: shape.isolation }
  }
}

const nameOf = ({ url, exportName }: ResolvedHandler): string => `${url}#${exportName}`

import type { ArtifactReference, LogLine } from '../messages/messages.ts'
import type { Transport } from '../tiers/transport.ts'
import type { SessionTask, Settlement } from './session-task.ts'

/** Asked when the session is made and again when it starts: meanwhile more may be known, and a spare may be taken. */
export type TransportChoice = (moment: 'queued' | 'starting', task: SessionTask) => Transport

/** Told of everything a session does; called synchronously, must not throw. */
export interface SessionObserver<Session> {
  changed(session: Session): void
  settled(session: Session, settlement: Settlement): void
  progress(session: Session, value: unknown): void
  log(session: Session, line: LogLine): void
  checkpoint(session: Session, value: unknown): void
  /** Of its stream; false when it may not send one now. */
  chunk(session: Session, value: unknown): boolean
  artifact(session: Session, artifact: ArtifactReference): void
  child(session: Session, pid: number, alive: boolean): void
}

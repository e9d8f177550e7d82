import type { ClientFailure } from '../agent-errors.ts'
import type { ProgramEnd, StopCause } from './managed-process.ts'

export type Failure = Pick<ClientFailure, 'code' | 'reason'>

const stops: Readonly<Partial<Record<StopCause, Failure>>> = {
  start: { code: 'AGENT_IDLE', reason: 'it gave no sign of life within its limit (startTimeoutMs)' },
  idle: { code: 'AGENT_IDLE', reason: 'it printed nothing for longer than its limit (idleTimeoutMs)' },
  time: { code: 'AGENT_TIMEOUT', reason: 'it worked for longer than its limit (timeoutMs)' },
  output: { code: 'AGENT_LIMIT', reason: 'it printed more than its limit (maxOutputBytes)' },
}

/** Of a program that was ended because of a clock or of what it printed. */
export function stopFailure({ stopped, stderr }: ProgramEnd): Failure | null {
  const failure = stopped === null ? undefined : stops[stopped]
  return failure === undefined ? null : { ...failure, reason: failure.reason + outlineOf(stderr) }
}

export function howEnded({ code, signal }: ProgramEnd): string {
  return signal === null ? `with exit code ${code}` : `by ${signal}`
}

/** Characters; a message is read by people. */
const LONGEST = 1_000

/** The end of what a program wrote on stderr; nothing when it wrote nothing. */
export function outlineOf(stderr: string): string {
  return stderr === '' ? '' : `; on stderr: ${stderr.length > LONGEST ? `…${stderr.slice(-LONGEST)}` : stderr}`
}

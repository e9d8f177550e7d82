import { ClientFailedError, type ClientFailureCode } from '../agent-errors.ts'
import type { AgentReport } from '../agent-report.ts'
import type { ProgramEnd } from '../process/managed-process.ts'
import { type Failure, howEnded, outlineOf, stopFailure } from '../process/program-failure.ts'
import type { SecretFilter } from '../process/secret-filter.ts'
import type { EventLosses } from './event-reader.ts'
import type { Tally } from './tally.ts'

export interface Evidence {
  readonly end: ProgramEnd
  readonly tally: Tally
  readonly losses: EventLosses
  /** Which limit it went beyond, when it was no clock's. */
  readonly excess: string | null
}

/**
 * Success is the client's last event, that it does not call itself an error, exit code 0 (or none: it kept running after its
 * result and was ended), and an answer. Everything else is a failure; the first that applies is named.
 *
 * @throws ClientFailedError
 */
export function assertSucceeded(agent: string, evidence: Evidence, report: AgentReport, secrets: SecretFilter): void {
  const failure = findFailure(evidence)
  if (failure === null) return
  const { code: exitCode, signal } = evidence.end
  const reason = secrets.text(failure.reason)
  throw new ClientFailedError(agent, {
    code: failure.code,
    reason,
    exitCode,
    signal,
    report: { ...report, isError: true },
  })
}

function findFailure(evidence: Evidence): Failure | null {
  return stopped(evidence) ?? lacksResult(evidence) ?? saysError(evidence) ?? exited(evidence) ?? lacksAnswer(evidence)
}

function stopped({ end, tally, excess }: Evidence): Failure | null {
  if (tally.question !== null) {
    const reason = `it asks for leave to use ${tally.question}, and nobody is there to give it; choose another permission`
    return { code: 'AGENT_PERMISSION', reason }
  }
  if (excess !== null) return { code: 'AGENT_LIMIT', reason: excess }
  return stopFailure(end)
}

function lacksResult({ end, tally, losses }: Evidence): Failure | null {
  if (tally.result !== null) return null
  const code: ClientFailureCode = end.code === 0 ? 'AGENT_NO_RESULT' : 'AGENT_EXIT'
  const skipped = losses.skipped === 0 ? '' : `; ${losses.skipped} lines were too long to be read`
  return { code, reason: `it ended ${howEnded(end)} without its last event${skipped}${outlineOf(end.stderr)}` }
}

function saysError({ tally: { result } }: Evidence): Failure | null {
  if (result === null || !result.isError) return null
  return { code: result.isLimit ? 'AGENT_LIMIT' : 'AGENT_CLIENT_ERROR', reason: result.message ?? 'it says no more' }
}

function exited({ end }: Evidence): Failure | null {
  // One that was ended because it lingered had done its work.
  if (end.code === 0 || end.stopped === 'lingering') return null
  return { code: 'AGENT_EXIT', reason: `it ended ${howEnded(end)} after its last event${outlineOf(end.stderr)}` }
}

function lacksAnswer({ tally, end }: Evidence): Failure | null {
  if (tally.text.trim() !== '') return null
  return { code: 'AGENT_NO_ANSWER', reason: `its answer is empty${outlineOf(end.stderr)}` }
}

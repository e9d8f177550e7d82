import type { PreviousReport } from '@mayfly/agents'
import type { Claim, SessionRecord } from '@mayfly/run-store'
import { openEnvelope } from '../step/report-envelope.ts'
import { partialReport } from '../step-task.ts'
import { decodeCheckpoint } from './checkpoint-codec.ts'

/**
 * What the attempts before this one counted for the agent's own session, which may be taken up again. Undefined when none is known.
 * @param hasFallback Another agent of the step may have been at work before; the checkpoint is this one's in any case.
 */
export const previousReport = (
  claim: Claim,
  sessions: readonly SessionRecord[],
  hasFallback: boolean,
): PreviousReport | undefined => {
  const earlier = sessions.filter(({ step, attempt }) => step === claim.step && attempt < claim.attempt)
  const sessionId = hasFallback ? namedInCheckpoint(claim) : namedLast(earlier)
  if (sessionId === null) return undefined
  const same = earlier.filter(({ agentSession }) => agentSession === sessionId)
  return {
    sessionId,
    inputTokens: sumOf(same, 'inputTokens'),
    cachedTokens: sumOf(same, 'cachedTokens'),
    outputTokens: sumOf(same, 'outputTokens'),
    costUsd: sumOf(same, 'costUsd'),
  }
}

const namedInCheckpoint = ({ checkpoint }: Claim): string | null => {
  const said = partialReport.safeParse(openEnvelope(decodeCheckpoint(checkpoint)).report)
  return said.data?.sessionId ?? null
}

const namedLast = (sessions: readonly SessionRecord[]): string | null =>
  sessions.findLast(({ agentSession }) => agentSession !== null)?.agentSession ?? null

const sumOf = (
  sessions: readonly SessionRecord[],
  field: 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costUsd',
): number | null =>
  sessions.reduce<number | null>((sum, { [field]: value }) => (value === null ? sum : (sum ?? 0) + value), null)

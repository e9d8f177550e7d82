import type { ArtifactRecord, Claim, RunStore, SessionRecord } from '@mayfly/run-store'
import type { PlannedStep } from '@mayfly/workflows'
import { decodeCheckpoint } from '../queue/checkpoint-codec.ts'
import { isOutput } from '../step/collect-outputs.ts'
import { openEnvelope } from '../step/report-envelope.ts'
import { type BriefInput, partialReport, type StepBrief } from '../step-task.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What Mayfly itself leaves with each step; no agent needs to be told. */
const OWN_ARTIFACTS: readonly string[] = ['prompt.md', 'context.json', 'transcript.jsonl', 'stderr.log']

/** What the step of a claim is told beyond the prompt. */
export const briefStep = async (
  store: RunStore,
  claim: Claim,
  workflow: StoredWorkflow,
  planned: PlannedStep,
  /** Of the step, without placeholders. */
  asked: readonly string[],
): Promise<StepBrief> => {
  const { runId, step, attempt, stepRecord, lastError } = claim
  const artifacts = step === 0 ? [] : await store.listArtifacts(runId, { except: OWN_ARTIFACTS })
  const sessions = attempt === 1 ? [] : await store.listSessions(runId)
  return {
    feedback: stepRecord.feedback,
    lastError: lastError?.message ?? null,
    inputs: earlierArtifacts(artifacts, workflow, planned).map((artifact) => toInput(artifact, asked, workflow)),
    contextTokens: workflow.contextTokens,
    previous: previousReport(
      sessions.filter((session) => session.step === step && session.attempt < attempt),
      planned.agents.length === 1 ? undefined : namedInCheckpoint(claim),
    ),
    schema: workflow.schemas[step] ?? null,
    minimumScore: planned.validation?.minimumScore ?? null,
  }
}

/** Steps that run beside this one, or come after it and sent it back, are not what it builds on. */
const earlierArtifacts = (
  artifacts: readonly ArtifactRecord[],
  { plan }: StoredWorkflow,
  planned: PlannedStep,
): readonly ArtifactRecord[] => {
  if (artifacts.length === 0) return []
  const earlier = new Set<number>()
  const open = [...planned.needs]
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (earlier.has(step)) continue
    earlier.add(step)
    open.push(...(plan.steps[step]?.needs ?? []))
  }
  return artifacts.filter(({ step, name }) => earlier.has(step) && !name.includes('/'))
}

const toInput = (
  { runId, name, path, size, step }: ArtifactRecord,
  asked: readonly string[],
  { plan }: StoredWorkflow,
): BriefInput => {
  const fromStep = plan.steps[step]?.number ?? step
  return {
    name,
    path,
    size,
    fromStep,
    isDeclared: asked.some((input) => asksFor(input, name, fromStep, runId)),
  }
}

/** `plan.json (from step 0)`, or only `plan.json`. */
const asksFor = (input: string, name: string, fromStep: number, runId: string): boolean => {
  const [, path = input, step] = /^(.*?)(?:\s*\(from step ([\d.]+)\))?$/i.exec(input.trim()) ?? []
  return isOutput(name, path, runId) && (step === undefined || Number(step) === fromStep)
}

/** Another agent of the step may have been at work before; the checkpoint is this one's in any case. */
const namedInCheckpoint = ({ checkpoint }: Claim): string | null => {
  const said = partialReport.safeParse(openEnvelope(decodeCheckpoint(checkpoint)).report)
  return said.data?.sessionId ?? null
}

/** Of the agent's own session, all that it has counted. @param known undefined: the session that was named last */
const previousReport = (
  sessions: readonly SessionRecord[],
  known: string | null | undefined,
): StepBrief['previous'] => {
  const last = sessions.findLast(({ agentSession }) => agentSession !== null)?.agentSession ?? null
  const sessionId = known === undefined ? last : known
  if (sessionId === null) return null
  const same = sessions.filter(({ agentSession }) => agentSession === sessionId)
  return {
    sessionId,
    inputTokens: sumOf(same, 'inputTokens'),
    cachedTokens: sumOf(same, 'cachedTokens'),
    outputTokens: sumOf(same, 'outputTokens'),
    costUsd: sumOf(same, 'costUsd'),
  }
}

const sumOf = (
  sessions: readonly SessionRecord[],
  field: 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costUsd',
): number | null =>
  sessions.reduce<number | null>((sum, { [field]: value }) => (value === null ? sum : (sum ?? 0) + value), null)

import type { ArtifactRecord, Claim, RunStore } from '@mayfly/run-store'
import type { PlannedStep } from '@mayfly/workflows'
import { isOutput } from '../step/collect-outputs.ts'
import type { BriefInput, StepBrief } from '../step-task.ts'
import { isOwnArtifact } from './own-artifacts.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What the step of a claim is told beyond the prompt. */
export const briefStep = async (
  store: RunStore,
  claim: Claim,
  workflow: StoredWorkflow,
  planned: PlannedStep,
  /** Of the step, without placeholders. */
  asked: readonly string[],
): Promise<StepBrief> => {
  const { runId, step, stepRecord, lastError } = claim
  const artifacts = step === 0 ? [] : await store.listArtifacts(runId, { internal: false })
  return {
    feedback: stepRecord.feedback,
    lastError: lastError?.message ?? null,
    inputs: earlierArtifacts(artifacts, workflow, planned).map((artifact) => toInput(artifact, asked, workflow)),
    contextTokens: workflow.contextTokens,
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
  // What earlier releases have written does not say of itself whether it is internal.
  const isToldOf = (name: string): boolean => !name.includes('/') && !isOwnArtifact(name)
  return artifacts.filter(({ step, name }) => earlier.has(step) && isToldOf(name))
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

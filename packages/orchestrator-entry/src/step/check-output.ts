import { readFile } from 'node:fs/promises'
import type { JsonValue } from '@mayfly/agents'
import type { ArtifactReference } from '@mayfly/supervisor'
import type { StepCheck } from '../step-task.ts'
import { isOutput } from './collect-outputs.ts'

export interface OutputToCheck {
  readonly runId: string
  readonly output: JsonValue
  readonly artifacts: readonly ArtifactReference[]
  /** What the step is to make, as its workflow names it. */
  readonly outputs: readonly string[]
  /** Absolute path. */
  readonly schema: string | null
  readonly minimumScore: number | null
}

export interface CheckedOutput {
  readonly checks: readonly StepCheck[]
  readonly score: number | undefined
}

/**
 * Holds a step to its validation. What is looked at is the first of its outputs that is JSON, as it was written, or else what its
 * agent returned. Imports what it needs: most steps have no validation, and every worker would pay for it.
 */
export const checkOutput = async (given: OutputToCheck): Promise<CheckedOutput> => {
  const { validateOutput, readScore } = await import('@mayfly/workflows')
  const { schema, minimumScore } = given
  const value = await judged(given)
  if ('problem' in value) return { checks: [failed('output', value.problem)], score: undefined }
  const problems = schema === null ? [] : validateOutput(JSON.parse(await readFile(schema, 'utf8')), value.value)
  const score = minimumScore === null ? undefined : readScore(value.value)
  return {
    checks: [
      ...(schema === null ? [] : [{ name: 'schema', passed: problems.length === 0, problems }]),
      ...(minimumScore === null ? [] : [checkScore(score, minimumScore)]),
    ],
    score,
  }
}

const judged = async ({
  runId,
  output,
  artifacts,
  outputs,
}: OutputToCheck): Promise<{ readonly value: JsonValue } | { readonly problem: string }> => {
  const artifact = artifacts.find(
    ({ name }) => name.endsWith('.json') && outputs.some((path) => isOutput(name, path, runId)),
  )
  if (artifact === undefined) return { value: output }
  try {
    return { value: JSON.parse(await readFile(artifact.path, 'utf8')) }
  } catch (error) {
    return { problem: `${artifact.name} is not JSON: ${(error as Error).message}` }
  }
}

const checkScore = (score: number | undefined, minimum: number): StepCheck => {
  if (score === undefined) return failed('score', `expected a score of at least ${minimum}, found none`)
  return score >= minimum
    ? { name: 'score', passed: true, problems: [] }
    : failed('score', `expected a score of at least ${minimum}, got ${score}`)
}

const failed = (name: string, problem: string): StepCheck => ({ name, passed: false, problems: [problem] })

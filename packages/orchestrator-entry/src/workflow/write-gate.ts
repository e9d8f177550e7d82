import type { Claim } from '@mayfly/run-store'
import { errorRecord } from '../error-record.ts'
import type { Redactor } from '../redactor.ts'
import type { StepExecution } from '../step-executor.ts'
import { type GateCheck, writeGateFile } from '../workspace/gate-file.ts'
import type { WholeStep } from './whole-step.ts'

/** Writes the verdict on a step where its workflow asks for it; the file is one of the step's artifacts. */
export const writeGate = async (
  { gate, planned }: WholeStep,
  execution: StepExecution,
  artifactFolder: string,
  { runId, step }: Claim,
  redactor: Redactor,
): Promise<StepExecution> => {
  if (gate === null || isCutShort(execution)) return execution
  const checks = redactor.json(checksOf(execution))
  const { number, name } = planned
  const artifact = await writeGateFile(artifactFolder, gate, {
    ...{ run: runId, step, number, name, checks },
    status: checks.every(({ passed }) => passed) ? 'passed' : 'failed',
    score: (execution.result ?? execution.rejected)?.score ?? null,
    checkedAt: Date.now(),
  })
  return { ...execution, artifacts: [...execution.artifacts, artifact] }
}

const isCutShort = ({ outcome }: StepExecution): boolean => outcome?.status === 'cancelled'

const checksOf = ({ result, rejected, error }: StepExecution): readonly GateCheck[] => {
  const work = result ?? rejected
  const problems = work == null ? [errorRecord(error).message] : []
  return [{ name: 'work', passed: work != null, problems }, ...(work?.checks ?? [])]
}

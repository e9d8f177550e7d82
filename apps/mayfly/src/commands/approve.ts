import { print, printJson } from '../output.ts'
import { inOrchestrator, type OrchestratorCommandOptions, printFailure, reportResult } from './run.ts'

export interface ApproveCommandOptions extends OrchestratorCommandOptions {
  readonly reject?: boolean
  readonly feedback?: string
  readonly step?: string
  readonly detach?: boolean
}

/** `mayfly approve <id>`: what a person decided is written down, and the run goes on, here or, detached, where the queue is served. */
export const approveCommand = (runId: string, options: ApproveCommandOptions): Promise<void> =>
  inOrchestrator(options, async (orchestrator, { json, detach, ...given }, logger) => {
    try {
      const decision = { reject: given.reject, feedback: given.feedback, step: parseStep(given.step) }
      if (!detach)
        return await reportResult({ json: json ?? false }, logger, () => orchestrator.approveRun(runId, decision))
      const { status } = await orchestrator.decideApproval(runId, decision)
      if (json) printJson({ runId, status })
      else print(`Run ${runId} ${status}`)
      return 0
    } catch (error) {
      return printFailure(error, json)
    }
  })

const parseStep = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  throw Object.assign(new Error(`Option --step: expected the number of a step, such as 1 or 1.5, got "${text}".`), {
    code: 'SETTING_INVALID',
  })
}

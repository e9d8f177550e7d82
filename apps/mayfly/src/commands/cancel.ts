import { print, printJson } from '../output.ts'
import { inOrchestrator, type OrchestratorCommandOptions, printFailure } from './run.ts'

export interface CancelCommandOptions extends OrchestratorCommandOptions {
  readonly reason?: string
}

const said = {
  cancelled: 'cancelled',
  requested: 'will be cancelled by the process that works on it',
  ended: 'had ended before',
} as const

/** Cancels a run, wherever it runs. 0 also when its end is only asked for; 1 when it had ended before. */
export const cancelCommand = (runId: string, options: CancelCommandOptions): Promise<void> =>
  inOrchestrator({ ...options, quiet: true }, async (orchestrator) => {
    try {
      const { answer, run } = await orchestrator.cancelRun(runId, options.reason)
      if (options.json) printJson({ runId, answer, status: run.status })
      else print(`Run ${runId} ${said[answer]}${answer === 'ended' ? `: it is ${run.status}` : ''}`)
      return answer === 'ended' ? 1 : 0
    } catch (error) {
      return printFailure(error, options.json)
    }
  })

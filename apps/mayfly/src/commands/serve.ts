import { print, printJsonLine } from '../output.ts'
import { inOrchestrator, type OrchestratorCommandOptions, printFailure } from './run.ts'

/** Works off the queue until a signal ends this process; one line for each run that has ended or was queued again. */
export const serveCommand = (options: OrchestratorCommandOptions): Promise<void> =>
  inOrchestrator(options, async (orchestrator) => {
    try {
      await orchestrator.serve({
        onSettled: ({ runId, status, error }) => {
          if (options.json) printJsonLine({ runId, status, error })
          else print(`${runId} ${status}`)
        },
      })
      return 0
    } catch (error) {
      return printFailure(error, options.json)
    }
  })

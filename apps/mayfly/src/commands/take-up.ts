import type { Orchestrator, TakeUp } from '@mayfly/orchestrator-entry'
import { print, printJson } from '../output.ts'
import { formatTable, oneLine } from '../table.ts'
import { inOrchestrator, type OrchestratorCommandOptions, printFailure, reportResult } from './run.ts'

export interface TakeUpCommandOptions extends OrchestratorCommandOptions {
  readonly all?: boolean
  readonly detach?: boolean
}

/** `mayfly resume <id>` and `mayfly retry <id>`: the same run goes on, here or, detached, in whichever process serves the queue. */
export const takeUpCommand = (runId: string, how: TakeUp, options: TakeUpCommandOptions): Promise<void> =>
  inOrchestrator(options, async (orchestrator, _options, logger) => {
    if (options.detach) return await requeue(orchestrator, runId, how, options)
    const onStart = ({ executionMode }: { executionMode: string }): void => logger.startSpinner(executionMode)
    return await reportResult(options, logger, () =>
      how === 'resume' ? orchestrator.resumeRun(runId, { onStart }) : orchestrator.retryRun(runId, { onStart }),
    )
  })

const requeue = async (
  orchestrator: Orchestrator,
  runId: string,
  how: TakeUp,
  { json }: TakeUpCommandOptions,
): Promise<number> => {
  try {
    const { status } = await orchestrator.requeueRun(runId, how)
    if (json) printJson({ runId, status })
    else print(runId)
    return 0
  } catch (error) {
    return printFailure(error, json)
  }
}

/** `mayfly resume --all`: 0 when every one of them has completed, and its work is where it was asked for. */
export const resumeAllCommand = (options: TakeUpCommandOptions): Promise<void> =>
  inOrchestrator(options, async (orchestrator) => {
    try {
      const runs = await orchestrator.resumeAll()
      if (options.json)
        printJson({ runs: runs.map(({ runId, status, error, problem }) => ({ runId, status, error, problem })) })
      else if (runs.length === 0) print('Nothing was interrupted, and nothing waits.')
      else print(formatTable(runs.map((run) => [run.runId, run.status, oneLine(run.problem ?? run.prompt, 60)])))
      return runs.every(({ status, problem }) => status === 'completed' && problem === null) ? 0 : 1
    } catch (error) {
      return printFailure(error, options.json)
    }
  })

import type { RunNews } from '@mayfly/orchestrator-entry'
import { print, printJsonLine } from '../output.ts'
import { oneLine } from '../table.ts'
import { describeEvent } from './describe-event.ts'
import { inOrchestrator, type OrchestratorCommandOptions, printFailure } from './run.ts'

/** Follows a run until it has ended; the exit code is 0 when it has completed and 1 otherwise. */
export const watchCommand = (runId: string, options: OrchestratorCommandOptions): Promise<void> =>
  inOrchestrator(options, async (orchestrator) => {
    let status: string | undefined
    try {
      for await (const news of orchestrator.watchRun(runId)) {
        if (news.type === 'run') status = news.run.status
        if (options.json) printJsonLine(toLine(news))
        else print(describe(news))
      }
      return status === 'completed' ? 0 : 1
    } catch (error) {
      return printFailure(error, options.json)
    }
  })

const toLine = (news: RunNews): object => {
  if (news.type === 'event') return news.event
  const { runId, status, executionMode, startedAt, endedAt, error } = news.run
  return { type: 'run', runId, status, executionMode, startedAt, endedAt, error }
}

const describe = (news: RunNews): string => {
  if (news.type === 'event') return describeEvent(news.event)
  const { runId, status, error } = news.run
  if (status === 'waiting') return `Run ${runId} waiting for a person: mayfly approve ${runId}`
  return `Run ${runId} ${status}${error === null ? '' : `: ${oneLine(error.message, 500)}`}`
}

import { resolve } from 'node:path'
import {
  createOrchestrator,
  installCleanupHandlersFor,
  type Orchestrator,
  type PromptResult,
  RunFailedError,
} from '@mayfly/orchestrator-entry'
import { toErrorReport } from '../error-report.ts'
import { flushOutput, keepStdoutForResults, print, printJson, writeError } from '../output.ts'
import { TerminalLogger } from '../terminal-logger.ts'

export interface RunCommandOptions {
  readonly prompt?: string
  readonly workflow?: string
  readonly agent?: string
  readonly complexity?: 'low' | 'medium' | 'high'
  readonly mode?: 'auto' | 'legacy' | 'worker'
  readonly isolation?: 'thread' | 'process' | 'auto'
  readonly heapLimit?: string
  readonly timeout?: string
  readonly grace?: string
  readonly runId?: string
  readonly cwd?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Runs one prompt, prints what became of it, and leaves the process. */
export const runCommand = async (options: RunCommandOptions): Promise<void> => {
  const logger = new TerminalLogger(options.quiet ?? false)
  // As settings, not for one call only: the orchestrator's shutdown follows the same grace.
  const orchestrator = createOrchestrator({
    logger,
    ownsProcess: true,
    control: true,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    mode: options.mode,
    agent: fromHere(options.agent),
    isolation: options.isolation,
    heapLimitMb: options.heapLimit,
    timeoutMs: options.timeout,
    graceMs: options.grace,
  })
  const handlers = installCleanupHandlersFor(orchestrator, {
    logger,
    exit: (code) => void flushOutput().then(() => process.exit(code)),
  })
  process.once('uncaughtException', (error) => leaveAfterUncaught(error, orchestrator, options, logger))
  keepStdoutForResults()
  const exitCode = await execute(orchestrator, options, logger)
  // After a signal the handlers leave the process, with their own code.
  if (handlers.signal !== undefined) return
  await orchestrator.cleanup('the command has ended')
  handlers.remove()
  await leave(exitCode, orchestrator)
}

const execute = async (
  orchestrator: Orchestrator,
  options: RunCommandOptions,
  logger: TerminalLogger,
): Promise<number> => {
  const { prompt, runId, complexity } = options
  const workflow = fromHere(options.workflow)
  try {
    const result = await orchestrator.processUserPrompt(
      prompt as string,
      { runId, onStart: ({ executionMode }) => logger.startSpinner(executionMode) },
      { workflow, complexity },
    )
    logger.stopSpinner()
    printResult(result, options.json)
    return 0
  } catch (error) {
    logger.stopSpinner()
    return printFailure(error, options.json)
  }
}

/** In place nothing stands between an error thrown from a timer and this process; in a worker it fails the task. */
const leaveAfterUncaught = (
  thrown: unknown,
  orchestrator: Orchestrator,
  { json }: RunCommandOptions,
  logger: TerminalLogger,
): void => {
  logger.stopSpinner()
  const { exitCode: _exitCode, ...error } = toErrorReport(thrown)
  const message = `An error that nobody caught ended the process: ${error.message}`
  orchestrator.cleanupSync(message)
  if (json) printJson({ error: { ...error, message } })
  writeError(`${message}\n`)
  void flushOutput().then(() => process.exit(1))
}

/** A path on the command line means the folder it was typed in, whatever `--cwd` says. */
const fromHere = (nameOrPath: string | undefined): string | undefined => {
  const isPath = nameOrPath !== undefined && /^\.{1,2}\/|\.([cm]?[jt]s|ya?ml)$/i.test(nameOrPath)
  return isPath && !nameOrPath.startsWith('file:') ? resolve(nameOrPath) : nameOrPath
}

const printFailure = (error: unknown, asJson: boolean | undefined): number => {
  const { exitCode, ...report } = toErrorReport(error)
  if (asJson) printJson(error instanceof RunFailedError ? toDocument(error.result) : { error: report })
  writeError(`${report.message}\n`)
  return exitCode
}

const printResult = (result: PromptResult, asJson: boolean | undefined): void => {
  if (asJson) return printJson(toDocument(result))
  const { runRecord, step0Result, artifacts } = result
  print(`Run ${result.runId} ${runRecord.status} in ${result.executionMode} mode: ${runRecord.reason}`)
  if (step0Result !== null) print(step0Result.summary)
  for (const { path } of artifacts) print(path)
}

const toDocument = (result: PromptResult): object => {
  const { runId, runRecord, executionMode, routing, step0Result, artifacts, outcome } = result
  return {
    runId,
    status: runRecord.status,
    executionMode,
    reason: runRecord.reason,
    routing,
    step0Result,
    artifacts: artifacts.map(({ name, path, sha256 }) => ({ name, path, sha256 })),
    outcome,
    ...(runRecord.error !== null && { error: runRecord.error }),
  }
}

/** A step left behind in place would keep the process alive; a wedged thread would hold `process.exit()`. */
const leave = async (exitCode: number, orchestrator: Orchestrator): Promise<void> => {
  await flushOutput()
  orchestrator.cleanupSync()
  if (orchestrator.isWedged) process.kill(process.pid, 'SIGKILL')
  process.exit(exitCode)
}

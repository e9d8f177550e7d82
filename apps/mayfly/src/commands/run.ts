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
import { formatTable, oneLine } from '../table.ts'
import { TerminalLogger } from '../terminal-logger.ts'
import { readPromptFile } from './prompt-file.ts'
import { splitPair } from './split-pair.ts'
import { whatNext } from './what-next.ts'

export interface RunCommandOptions {
  readonly prompt?: string
  readonly promptFile?: string
  readonly workflow?: string
  readonly agent?: string
  readonly complexity?: 'low' | 'medium' | 'high'
  readonly mode?: 'auto' | 'legacy' | 'worker'
  readonly isolation?: 'thread' | 'process' | 'auto'
  readonly heapLimit?: string
  readonly timeout?: string
  readonly grace?: string
  readonly attempts?: string
  readonly deadline?: string
  readonly backoff?: string
  readonly repeatable?: boolean
  readonly idempotencyKey?: string
  readonly key?: string
  readonly agentsFile?: string
  readonly permission?: 'read' | 'edit' | 'full'
  readonly model?: string
  readonly allowPaid?: boolean
  readonly allSteps?: boolean
  readonly input?: readonly string[]
  readonly agentFor?: readonly string[]
  readonly wait?: boolean
  readonly worktree?: 'merge' | 'leave'
  readonly maxTime?: string
  readonly maxAttempts?: string
  readonly maxTokens?: string
  readonly maxCost?: string
  readonly contextTokens?: string
  readonly detach?: boolean
  readonly runId?: string
  readonly cwd?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** What every command that works on runs may be given. */
export type OrchestratorCommandOptions = Pick<
  RunCommandOptions,
  | 'agent'
  | 'agentsFile'
  | 'allSteps'
  | 'attempts'
  | 'backoff'
  | 'contextTokens'
  | 'cwd'
  | 'deadline'
  | 'grace'
  | 'heapLimit'
  | 'isolation'
  | 'json'
  | 'maxAttempts'
  | 'maxCost'
  | 'maxTime'
  | 'maxTokens'
  | 'mode'
  | 'quiet'
  | 'timeout'
>

/** Runs one prompt, or hands it to the queue, prints what became of it, and leaves the process. */
export const runCommand = (options: RunCommandOptions): Promise<void> =>
  inOrchestrator(options, options.detach === true ? submit : execute)

/** Does something with an orchestrator that this process is there for, and leaves with the code that it resolves to. */
export const inOrchestrator = async <Options extends OrchestratorCommandOptions>(
  options: Options,
  act: (orchestrator: Orchestrator, options: Options, logger: TerminalLogger) => Promise<number>,
): Promise<void> => {
  const logger = new TerminalLogger(options.quiet ?? false)
  // As settings, not for one call only: the orchestrator's shutdown follows the same grace.
  const orchestrator = createOrchestrator({
    logger,
    ownsProcess: true,
    control: true,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    mode: options.mode,
    agent: fromHere(options.agent),
    agentsFile: fromHere(options.agentsFile),
    isolation: options.isolation,
    heapLimitMb: options.heapLimit,
    timeoutMs: options.timeout,
    graceMs: options.grace,
    attempts: options.attempts,
    deadlineMs: options.deadline,
    backoffMs: options.backoff,
    ...(options.allSteps === true && { steps: 'all' }),
    maxTimeMs: options.maxTime,
    maxAttempts: options.maxAttempts,
    maxTokens: options.maxTokens,
    maxCostUsd: options.maxCost,
    contextTokens: options.contextTokens,
  })
  const handlers = installCleanupHandlersFor(orchestrator, {
    logger,
    exit: (code) => void flushOutput().then(() => process.exit(code)),
  })
  process.once('uncaughtException', (error) => leaveAfterUncaught(error, orchestrator, options, logger))
  keepStdoutForResults()
  const exitCode = await act(orchestrator, options, logger)
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
  const { complexity } = options
  const workflow = fromHere(options.workflow)
  return await reportResult(options, logger, async () =>
    orchestrator.processUserPrompt(
      promptOf(options),
      { ...runOptions(options), onStart: ({ executionMode }) => logger.startSpinner(executionMode) },
      { workflow, complexity },
    ),
  )
}

const submit = async (orchestrator: Orchestrator, options: RunCommandOptions): Promise<number> => {
  const { complexity, json } = options
  const routing = { workflow: fromHere(options.workflow), complexity }
  try {
    const { runId, isNew, runRecord } = await orchestrator.submitPrompt(promptOf(options), runOptions(options), routing)
    if (json) printJson({ runId, isNew, status: runRecord.status })
    else print(runId)
    return 0
  } catch (error) {
    return printFailure(error, json)
  }
}

/** What is missing is for the orchestrator to refuse. */
const promptOf = ({ prompt, promptFile }: RunCommandOptions): string =>
  promptFile === undefined ? (prompt as string) : readPromptFile(promptFile)

const runOptions = (options: RunCommandOptions) => {
  const { runId, idempotencyKey, key, repeatable, wait, worktree, input = [], agentFor = [] } = options
  const { permission, model, allowPaid } = options
  return {
    ...{ runId, idempotencyKey, concurrencyKey: key, repeatable, worktree, waitForWorkspace: wait },
    ...{ permission, model, allowPaid },
    inputs: Object.fromEntries(input.map((pair) => splitPair('--input', pair))),
    agents: Object.fromEntries(agentFor.map((pair) => namePath(splitPair('--agent-for', pair)))),
  }
}

/** An agent module means the folder that it was typed in. */
const namePath = ([role, agent]: readonly [string, string]): readonly [string, string] => [
  role,
  fromHere(agent) ?? agent,
]

/** Neither done nor failed: who runs it in a script must not take it for either. */
const WAITS_FOR_A_PERSON = 3

/** Prints what became of a run; resolves to the exit code. */
export const reportResult = async (
  { json }: Pick<RunCommandOptions, 'json'>,
  logger: TerminalLogger,
  run: () => Promise<PromptResult>,
): Promise<number> => {
  try {
    const result = await run()
    logger.stopSpinner()
    printResult(result, json)
    return result.runRecord.status === 'waiting' ? WAITS_FOR_A_PERSON : 0
  } catch (error) {
    logger.stopSpinner()
    return printFailure(error, json)
  }
}

/** In place nothing stands between an error thrown from a timer and this process; in a worker it fails the task. */
const leaveAfterUncaught = (
  thrown: unknown,
  orchestrator: Orchestrator,
  { json }: Pick<RunCommandOptions, 'json'>,
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

export const printFailure = (error: unknown, asJson: boolean | undefined): number => {
  const { exitCode, ...report } = toErrorReport(error)
  if (asJson) printJson(error instanceof RunFailedError ? toDocument(error.result) : { error: report })
  writeError(`${report.message}\n`)
  if (error instanceof RunFailedError) writeNext(error.result)
  return exitCode
}

const writeNext = ({ runRecord, steps }: PromptResult): void => {
  const next = whatNext(runRecord, steps)
  // A spent budget says so itself, with its option.
  if (next !== undefined && runRecord.error?.code !== 'BUDGET_EXHAUSTED') writeError(`${next}\n`)
}

const printResult = (result: PromptResult, asJson: boolean | undefined): void => {
  if (asJson) return printJson(toDocument(result))
  const { runRecord, step0Result, artifacts, steps } = result
  print(`Run ${result.runId} ${runRecord.status} in ${result.executionMode} mode: ${runRecord.reason}`)
  if (steps.length > 1) print(formatTable(steps.map(describeStep)))
  else if (step0Result !== null) print(step0Result.summary)
  for (const { path } of artifacts) print(path)
  const next = whatNext(runRecord, steps)
  if (next !== undefined) print(next)
}

const describeStep = ({ number, name, agent, status, result }: PromptResult['steps'][number]): string[] => {
  const { summary = '' } = (result ?? {}) as { readonly summary?: string }
  return [String(number), status, name, agent, oneLine(summary, 60)]
}

const toDocument = (result: PromptResult): object => {
  const { runId, runRecord, executionMode, routing, step0Result, steps, artifacts, outcome } = result
  return {
    runId,
    status: runRecord.status,
    executionMode,
    reason: runRecord.reason,
    routing,
    step0Result,
    ...(steps.length > 1 && {
      steps: steps.map(({ number, name, agent, status, error }) => ({ number, name, agent, status, error })),
    }),
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

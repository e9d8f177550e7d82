import type { Agent, AgentContext, AgentRequest, AgentResult } from '../agent.ts'
import { AgentOptionError, ClientFailedError } from '../agent-errors.ts'
import { type AgentLimits, defaultLimits } from '../agent-limits.ts'
import type { CommandReference } from '../agent-reference.ts'
import { emptyReport } from '../agent-report.ts'
import { resultOfText } from '../module-agent.ts'
import { fillArguments } from '../process/argument-template.ts'
import type { ManagedProcess, ProcessGraces, ProgramEnd } from '../process/managed-process.ts'
import {
  type Environment,
  type EnvironmentNeeds,
  programEnvironment,
  secretValues,
} from '../process/program-environment.ts'
import { type Failure, howEnded, outlineOf, stopFailure } from '../process/program-failure.ts'
import { type Program, runProgram } from '../process/run-program.ts'
import { SecretFilter } from '../process/secret-filter.ts'
import { Throttle } from '../process/throttle.ts'
import { Answer } from './answer.ts'
import { openResultFile, type ResultFile } from './result-file.ts'

export interface CommandAgentOptions {
  /** @default process.env */
  readonly environment?: Environment
  /** @default as documented there */
  readonly graces?: Partial<ProcessGraces>
}

/** Makes an agent of any program. */
export function createCommandAgent(reference: CommandReference, options: CommandAgentOptions = {}): Agent {
  return { name: reference.name, run: (request, context) => runCommand(reference, request, context, options) }
}

/**
 * Runs a program once. Beside its result it leaves artifacts: `prompt.md`, what it was given; `output.txt`, all that it printed;
 * `answer.md`.
 *
 * @throws ClientFailedError, AgentStartError, AgentOptionError; the context's abort reason
 */
async function runCommand(
  reference: CommandReference,
  request: AgentRequest,
  context: AgentContext,
  { environment = process.env, graces = {} }: CommandAgentOptions,
): Promise<AgentResult> {
  const limits = limitsOf(reference)
  const secrets = secretValues(needsOf(reference), environment)
  await using resultFile = await openResultFile()
  const program = {
    ...(await describeCall(reference, request, context, resultFile, environment)),
    ...{ agent: 'command', command: reference.command, cwd: request.cwd, transcript: 'output.txt' },
    ...{ limits, secrets, graces },
  }
  context.log(`Runs ${reference.command}`)
  const answer = new Answer(limits.maxAnswerBytes)
  const end = await runProgram(program, context, createListener(reference, answer, context))
  if (reference.result === 'file') await readResult(resultFile, answer, limits)
  if (end.stopped === 'cancelled') throw context.signal.reason
  assertSucceeded(reference, end, answer)
  return await conclude(new SecretFilter(secrets).text(answer.text), context)
}

function needsOf({ environment = [] }: CommandReference): EnvironmentNeeds {
  return { fixed: {}, passed: [], secret: environment }
}

/** A program may well say nothing before it is done: only the clock over all of it runs, unless others are asked for. */
function limitsOf({ name, limits = {} }: CommandReference): Required<AgentLimits> {
  for (const limit of ['maxTokens', 'maxCostUsd'] as const) {
    if (limits[limit] !== undefined) throw new AgentOptionError(name, limit, 'a command does not say what it uses')
  }
  const idleTimeoutMs = limits.idleTimeoutMs ?? Number.POSITIVE_INFINITY
  return { ...defaultLimits, startTimeoutMs: idleTimeoutMs, idleTimeoutMs, ...limits }
}

async function describeCall(
  reference: CommandReference,
  { instructions, prompt, cwd, runId }: AgentRequest,
  context: AgentContext,
  resultFile: ResultFile,
  environment: Environment,
): Promise<Pick<Program, 'arguments' | 'environment' | 'input'>> {
  const given = instructions ?? prompt
  const { path: promptFile } = await context.artifact('prompt.md', given)
  const values = { prompt: given, prompt_file: promptFile, result_file: resultFile.path, cwd, run_id: runId }
  return {
    arguments: fillArguments(reference.arguments, values),
    environment: {
      ...programEnvironment(needsOf(reference), environment),
      ...(reference.prompt === 'file' && { MAYFLY_PROMPT_FILE: promptFile }),
      ...(reference.result === 'file' && { MAYFLY_RESULT_FILE: resultFile.path }),
    },
    input: (reference.prompt ?? 'stdin') === 'stdin' ? given : null,
  }
}

const BETWEEN_PROGRESS_MS = 500

/** Characters. */
const LONGEST_PROGRESS = 200

function createListener(
  { result = 'stdout' }: CommandReference,
  answer: Answer,
  context: AgentContext,
): (chunk: Uint8Array, running: ManagedProcess) => void {
  const progress = new Throttle(BETWEEN_PROGRESS_MS)
  return (chunk, running) => {
    if (chunk.byteLength > 0 && progress.isDue()) {
      context.progress({ tool: null, text: Buffer.from(chunk).toString().slice(-LONGEST_PROGRESS) })
    }
    if (result === 'stdout') answer.push(chunk)
    if (answer.isTooLong) running.stop('caller')
  }
}

async function readResult(file: ResultFile, answer: Answer, { maxAnswerBytes }: Required<AgentLimits>): Promise<void> {
  answer.push((await file.read(maxAnswerBytes)) ?? new Uint8Array())
}

/** @throws ClientFailedError */
function assertSucceeded({ name, result = 'stdout' }: CommandReference, end: ProgramEnd, answer: Answer): void {
  const failure = findFailure(end, answer, result !== 'none')
  if (failure === null) return
  const report = { ...emptyReport, isError: true }
  throw new ClientFailedError(name, { ...failure, exitCode: end.code, signal: end.signal, report })
}

function findFailure(end: ProgramEnd, answer: Answer, needsAnswer: boolean): Failure | null {
  if (answer.isTooLong) return { code: 'AGENT_LIMIT', reason: 'its result is longer than its limit (maxAnswerBytes)' }
  const failure = stopFailure(end)
  if (failure !== null) return failure
  if (end.code !== 0) return { code: 'AGENT_EXIT', reason: `it ended ${howEnded(end)}${outlineOf(end.stderr)}` }
  if (!needsAnswer || answer.text !== '') return null
  return { code: 'AGENT_NO_ANSWER', reason: `it ended with exit code 0 and without a result${outlineOf(end.stderr)}` }
}

async function conclude(text: string, context: AgentContext): Promise<AgentResult> {
  await context.artifact('answer.md', text)
  return { ...resultOfText(text), report: { ...emptyReport, text: text === '' ? null : text } }
}

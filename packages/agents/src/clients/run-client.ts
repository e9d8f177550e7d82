import type { Agent, AgentContext, AgentRequest, AgentResult } from '../agent.ts'
import { AgentOptionError } from '../agent-errors.ts'
import { type AgentLimits, defaultLimits } from '../agent-limits.ts'
import type { ClientReference } from '../agent-reference.ts'
import type { ProcessGraces } from '../process/managed-process.ts'
import { type Environment, programEnvironment, secretValues } from '../process/program-environment.ts'
import { runProgram } from '../process/run-program.ts'
import { reportsCost, reportsTokensAtOnce } from '../reporting.ts'
import { ClientMonitor } from './client-monitor.ts'
import type { ClientCall } from './client-profile.ts'
import { refuseInside } from './inside.ts'
import { loadProfile } from './load-profile.ts'
import { canResume, environmentOf } from './reference-facts.ts'

export interface ClientAgentOptions {
  /** @default process.env */
  readonly environment?: Environment
  /** @default as documented there */
  readonly graces?: Partial<ProcessGraces>
}

/** Makes an agent of a coding client. */
export function createClientAgent(reference: ClientReference, options: ClientAgentOptions = {}): Agent {
  return { name: reference.name, run: (request, context) => runClient(reference, request, context, options) }
}

/**
 * Runs a client once. Beside its result it leaves artifacts: `prompt.md`, what was sent; `transcript.jsonl`, all that the client
 * printed; `answer.md`.
 *
 * @throws ClientFailedError, AgentStartError, AgentInsideError, AgentOptionError; the context's abort reason
 */
async function runClient(
  reference: ClientReference,
  request: AgentRequest,
  context: AgentContext,
  { environment: outside = process.env, graces = {} }: ClientAgentOptions,
): Promise<AgentResult> {
  refuseInside(reference, outside)
  const limits = { ...defaultLimits, ...reference.limits }
  refuseUnkeptLimits(reference, limits)
  const needs = environmentOf(reference)
  const environment = programEnvironment(needs, outside)
  const secrets = secretValues(needs, outside)
  const profile = await loadProfile(reference)
  const call = await prepareCall(reference, request, context, environment, limits)
  const invocation = profile.invoke(call)
  const { countsTools = true } = profile
  const monitor = new ClientMonitor({ limits, context, secrets, countsTools, interpret: profile.createReader(call) })
  context.log(`Runs ${reference.client} with permission "${reference.permission}"`)
  const program = {
    agent: reference.client,
    command: reference.command,
    arguments: invocation.arguments,
    cwd: request.cwd,
    environment: { ...environment, ...invocation.environment },
    input: invocation.input,
    transcript: 'transcript.jsonl',
    limits,
    secrets,
    graces,
  }
  const end = await runProgram(program, context, (chunk, running) => monitor.take(chunk, running))
  return await monitor.conclude(reference.name, end)
}

async function prepareCall(
  reference: ClientReference,
  request: AgentRequest,
  context: AgentContext,
  environment: Environment,
  { maxCostUsd }: Required<AgentLimits>,
): Promise<ClientCall> {
  const instructions = request.instructions ?? request.prompt
  const prompt = await context.artifact('prompt.md', instructions)
  return {
    agent: reference.name,
    instructions,
    promptFile: prompt.path,
    cwd: request.cwd,
    runId: request.runId,
    permission: reference.permission,
    model: reference.model,
    previous: sessionToResume(reference, request, context),
    maxCostUsd,
    environment,
  }
}

function sessionToResume(
  reference: ClientReference,
  { previous }: AgentRequest,
  context: AgentContext,
): ClientCall['previous'] {
  const sessionId = previous?.sessionId ?? null
  if (previous === undefined || sessionId === null) return undefined
  if (!canResume(reference)) {
    context.log(`${reference.name} cannot take up its session ${sessionId} again and begins anew`)
    return undefined
  }
  // It becomes an argument: nothing that could be read as an option.
  if (!/^\w[\w.:-]{0,199}$/.test(sessionId)) {
    throw new AgentOptionError(reference.name, 'session', `${JSON.stringify(sessionId)} is no name of a session`)
  }
  return { ...previous, sessionId }
}

/** A limit that cannot be kept is none, and whoever set it would believe in it. */
function refuseUnkeptLimits(reference: ClientReference, { maxCostUsd, maxTokens }: Required<AgentLimits>): void {
  const refuse = (limit: string, what: string): never => {
    throw new AgentOptionError(reference.name, limit, `${reference.client} does not say ${what}`)
  }
  if (Number.isFinite(maxCostUsd) && !reportsCost(reference)) refuse('maxCostUsd', 'what its work costs')
  if (Number.isFinite(maxTokens) && !reportsTokensAtOnce(reference)) {
    refuse('maxTokens', 'how many tokens it uses while it works')
  }
}

import type { AgentContext } from '../agent.ts'
import { AgentStartError } from '../agent-errors.ts'
import { ManagedProcess, type ManagedProcessOptions, type ProgramEnd } from './managed-process.ts'
import { SecretFilter } from './secret-filter.ts'

export interface Program extends ManagedProcessOptions {
  /** Name of the artifact that keeps what it prints. */
  readonly transcript: string
}

/** Often enough for whoever watches, seldom enough to cost nothing. */
const HEARTBEAT_MS = 5_000

/**
 * Runs a program to its end. What it prints goes, without secrets, to the reader and into the artifact, as it comes and no faster
 * than both take it.
 *
 * @throws AgentStartError when it could not be started; what the context throws when the artifact cannot be written.
 */
export async function runProgram(
  program: Program,
  context: AgentContext,
  take: (chunk: Uint8Array, process: ManagedProcess) => void,
): Promise<ProgramEnd> {
  const running = new ManagedProcess(program, context)
  const heartbeat = setInterval(() => context.heartbeat(), HEARTBEAT_MS)
  try {
    await context.artifact(program.transcript, filtered(running, new SecretFilter(program.secrets), take))
    return await running.ended
  } catch (error) {
    running.abandon()
    const end = await running.ended.catch((cause: Error) => cause)
    throw end instanceof Error ? new AgentStartError(program.agent, program.command, program.cwd, end) : error
  } finally {
    clearInterval(heartbeat)
  }
}

async function* filtered(
  running: ManagedProcess,
  secrets: SecretFilter,
  take: (chunk: Uint8Array, process: ManagedProcess) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of running.output()) {
    const clean = secrets.push(chunk)
    take(clean, running)
    yield clean
  }
  const rest = secrets.end()
  take(rest, running)
  yield rest
}

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { type Environment, keyVariableOf } from '../api-key.ts'
import { type HttpReference, httpDefaults } from '../http-reference.ts'
import { BoundedOutput } from './bounded-output.ts'
import { longestResult, ToolRefusal, type ToolSurroundings, type WorkspaceTool } from './workspace-tool.ts'

/** Milliseconds from asking a command to end to ending it. */
const graceMs = 2_000
/** Milliseconds for what is still in the pipes once the command and its group are gone. */
const drainMs = 500

const input = z.strictObject({
  argv: z
    .array(z.string())
    .min(1)
    .describe('The program and its arguments. There is no shell: no quotes, pipes or variables'),
})

export const runCommand: WorkspaceTool<z.infer<typeof input>> = {
  name: 'run_command',
  description: 'Runs one of the allowed commands in the workspace and gives its exit code and output.',
  input,
  run: async ({ argv }, surroundings) => {
    const { reference } = surroundings
    if (!isAllowed(argv, reference.commands ?? [])) throw new ToolRefusal(refusal(argv, reference.commands ?? []))
    return await runAllowed(argv, surroundings, reference.commandTimeoutMs ?? httpDefaults.commandTimeoutMs)
  },
}

/** Whether an argv begins with one that is allowed, argument by argument. */
export function isAllowed(argv: readonly string[], commands: readonly (readonly string[])[]): boolean {
  return commands.some((allowed) => allowed.length > 0 && allowed.every((word, index) => argv[index] === word))
}

function refusal(argv: readonly string[], commands: readonly (readonly string[])[]): string {
  const list = commands.map((allowed) => JSON.stringify(allowed)).join(', ')
  return `${JSON.stringify(argv)} is not allowed. An argv must begin with one of: ${list || 'none'}`
}

/** Where programs are and how they speak: what nearly every command needs, and nothing that is a secret. */
const usualVariables = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'CI']

/** The key is left out also when the configuration names it by mistake. */
export function commandEnvironment(reference: HttpReference, environment: Environment): Record<string, string> {
  const names = [...usualVariables, ...(reference.environment ?? [])].filter(
    (name) => name !== keyVariableOf(reference),
  )
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  )
}

async function runAllowed(
  argv: readonly string[],
  { workspace, reference, context, signal, environment }: ToolSurroundings,
  timeoutMs: number,
): Promise<string> {
  const [program = '', ...rest] = argv
  const env = commandEnvironment(reference, environment)
  const child = context.spawn(program, rest, { cwd: workspace.root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = new BoundedOutput(longestResult)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => output.add(chunk))
    stream?.on('data', () => context.heartbeat())
  }
  const end = await followCommand(child, timeoutMs, signal)
  signal.throwIfAborted()
  return `${end}\n${output}`
}

/** Resolves to a line about how it ended, when nothing of its group is left. */
async function followCommand(child: ChildProcess, timeoutMs: number, signal: AbortSignal): Promise<string> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const stop = (): void => void endGroup(child)
  over.addEventListener('abort', stop, { once: true })
  if (over.aborted) stop()
  try {
    const closed = once(child, 'close')
    closed.catch(() => {})
    const [code, endedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    killGroup(child, 'SIGKILL')
    await drain(child, closed)
    return over.aborted ? `ended after ${timeoutMs} ms` : `exit ${code === null ? `by ${endedBy}` : `code ${code}`}`
  } catch (error) {
    throw new ToolRefusal(`The command could not be started: ${(error as Error).message}`)
  } finally {
    over.removeEventListener('abort', stop)
  }
}

/** What left the group may hold the pipes open for ever. The session's end finds it; here nobody waits for it. */
async function drain(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  const enough = new AbortController()
  await Promise.race([closed, setTimeout(drainMs, undefined, { signal: enough.signal }).catch(() => {})])
  enough.abort()
  child.stdout?.destroy()
  child.stderr?.destroy()
}

async function endGroup(child: ChildProcess): Promise<void> {
  killGroup(child, 'SIGTERM')
  const timer = globalThis.setTimeout(() => killGroup(child, 'SIGKILL'), graceMs)
  child.once('exit', () => clearTimeout(timer))
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // Nothing is left of the group.
  }
}

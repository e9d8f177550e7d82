import { z } from 'zod'
import { defaultLimits } from '../../agent-limits.ts'
import { ManagedProcess, type ProgramEnd } from '../../process/managed-process.ts'
import { type Environment, programEnvironment } from '../../process/program-environment.ts'
import { howEnded } from '../../process/program-failure.ts'
import { keyVariableOf } from '../api-key.ts'
import { type HttpReference, httpDefaults } from '../http-reference.ts'
import { BoundedOutput } from './bounded-output.ts'
import { longestResult, ToolRefusal, type ToolSurroundings, type WorkspaceTool } from './workspace-tool.ts'

/** Bytes; a command that prints more is ended. */
const mostPrinted = 64 * 1024 ** 2

interface Input {
  readonly argv: readonly string[]
}

const input: z.ZodType<Input> = z.strictObject({
  argv: z
    .array(z.string())
    .min(1)
    .describe('The program and its arguments. There is no shell: no quotes, pipes or variables'),
})

export const runCommand: WorkspaceTool<Input> = {
  name: 'run_command',
  description: 'Runs one of the allowed commands in the workspace and gives its exit code and output.',
  input,
  run: async ({ argv }, surroundings) => {
    const { reference } = surroundings
    if (!isAllowed(argv, reference.commands ?? [])) throw new ToolRefusal(refusal(argv, reference.commands ?? []))
    return await runAllowed(argv, surroundings, reference.commandTimeoutMs ?? httpDefaults.commandTimeoutMs)
  },
}

/** Stands at the end of an allowed argv for any further arguments. Without it none: many a program takes one that writes a file. */
const anyFurther = '...'

/** Whether an argv is one that is allowed, argument by argument. */
export function isAllowed(argv: readonly string[], commands: readonly (readonly string[])[]): boolean {
  return commands.some((allowed) => {
    const isOpen = allowed.at(-1) === anyFurther
    const words = isOpen ? allowed.slice(0, -1) : allowed
    const isLongEnough = isOpen ? argv.length >= words.length : argv.length === words.length
    return words.length > 0 && isLongEnough && words.every((word, index) => argv[index] === word)
  })
}

function refusal(argv: readonly string[], commands: readonly (readonly string[])[]): string {
  const list = commands.map((allowed) => JSON.stringify(allowed)).join(', ')
  return `${JSON.stringify(argv)} is not allowed. Allowed are ("..." stands for any further arguments): ${list || 'none'}`
}

async function runAllowed(argv: readonly string[], surroundings: ToolSurroundings, timeoutMs: number): Promise<string> {
  const { workspace, reference, context, signal, environment, secrets } = surroundings
  const [command = '', ...rest] = argv
  // A command may well say nothing before it is done: only the clock over all of it runs.
  const silence = { startTimeoutMs: Number.POSITIVE_INFINITY, idleTimeoutMs: Number.POSITIVE_INFINITY }
  const limits = { ...defaultLimits, ...silence, timeoutMs, maxOutputBytes: mostPrinted }
  const outside = {
    agent: 'http',
    cwd: workspace.root,
    environment: commandEnvironment(reference, environment),
    secrets,
  }
  const options = { ...outside, command, arguments: rest, input: null, limits }
  const running = new ManagedProcess(options, { signal, spawn: (...call) => context.spawn(...call) })
  const output = new BoundedOutput(longestResult)
  try {
    for await (const chunk of running.output()) {
      output.add(chunk)
      context.heartbeat()
    }
  } catch (error) {
    running.stop('caller')
    throw error
  }
  return describeEnd(await endOf(running, signal), output, timeoutMs)
}

/** The key is left out also when the configuration names it by mistake. */
export function commandEnvironment(reference: HttpReference, environment: Environment): Record<string, string> {
  const secret = (reference.environment ?? []).filter((name) => name !== keyVariableOf(reference))
  return programEnvironment({ fixed: {}, passed: [], secret }, environment)
}

async function endOf(running: ManagedProcess, signal: AbortSignal): Promise<ProgramEnd> {
  const end = await running.ended.catch((error: Error) => {
    throw new ToolRefusal(`The command could not be started: ${error.message}`)
  })
  signal.throwIfAborted()
  return end
}

function describeEnd(end: ProgramEnd, output: BoundedOutput, timeoutMs: number): string {
  const stops = { time: `ended after ${timeoutMs} ms`, output: `ended after ${mostPrinted} bytes of output` }
  const how = end.stopped === 'time' || end.stopped === 'output' ? stops[end.stopped] : `ended ${howEnded(end)}`
  const errors = end.stderr === '' ? '' : `\n[stderr]\n${end.stderr}`
  return `${how}\n${output}${errors}`
}

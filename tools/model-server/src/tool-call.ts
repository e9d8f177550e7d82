import type { OfferedTool } from './model-request.ts'
import type { Intent } from './script.ts'

export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

/** No tool that the client offers does what the script asks for: a test is set up wrongly, and should hear of it. */
export class NoSuchToolError extends Error {
  readonly code = 'NO_SUCH_TOOL'
  override readonly name = 'NoSuchToolError'

  constructor(intent: Intent, tools: readonly OfferedTool[]) {
    const offered = tools.map((tool) => tool.name).join(', ')
    super(`No tool is known for ${JSON.stringify(intent)}; the client offers: ${offered || 'none'}`)
  }
}

/**
 * Makes the call that a script wants out of the tools that a client offers.
 *
 * @throws NoSuchToolError when none of them does it.
 */
export function toToolCall(intent: Intent, tools: readonly OfferedTool[], id: string): ToolCall {
  if ('call' in intent) return { id, name: intent.call, input: intent.input }
  const names = 'write' in intent ? writers : runners
  const tool = tools.find(({ name }) => names.includes(name))
  if (tool === undefined) throw new NoSuchToolError(intent, tools)
  return { id, name: tool.name, input: 'write' in intent ? writeInput(intent, tool) : runInput(intent.run, tool) }
}

/** What the clients of today name them: ours, claude, gemini and qwen, opencode and pi, cline. */
const writers = ['write_file', 'Write', 'write', 'write_to_file']
/** Ours, claude, gemini and qwen, opencode and pi, codex (three versions), cline. */
const runners = [
  'run_command',
  'Bash',
  'run_shell_command',
  'bash',
  'exec_command',
  'shell_command',
  'shell',
  'execute_command',
]

function writeInput(
  intent: { readonly write: string; readonly content: string },
  { parameters }: OfferedTool,
): unknown {
  const path = ['path', 'file_path', 'filePath'].find((name) => name in parameters) ?? 'path'
  return { [path]: intent.write, content: intent.content }
}

function runInput(command: string, { parameters }: OfferedTool): unknown {
  if ('argv' in parameters) return { argv: command.split(' ') }
  if ('cmd' in parameters) return { cmd: command }
  const written = parameters['command'] === 'array' ? ['bash', '-lc', command] : command
  return 'description' in parameters ? { command: written, description: 'A scripted command' } : { command: written }
}

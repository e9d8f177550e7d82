import { tmpdir } from 'node:os'
import { defaultLimits } from './agent-limits.ts'
import { openLocalContext } from './local-context.ts'
import { ManagedProcess } from './process/managed-process.ts'
import { type Environment, programEnvironment } from './process/program-environment.ts'

const TIMEOUT_MS = 5_000

/** Bytes; a version is a line. */
const MOST_OUTPUT = 64 * 1024

const limits = {
  ...defaultLimits,
  startTimeoutMs: TIMEOUT_MS,
  idleTimeoutMs: TIMEOUT_MS,
  timeoutMs: TIMEOUT_MS,
  maxOutputBytes: MOST_OUTPUT,
}

/** Asks a program for its version: within 5 seconds, without any key, and with nothing left of it afterwards. Null: it does not say. */
export async function readVersion(command: string, outside: Environment): Promise<string | null> {
  const fixed = { DISABLE_AUTOUPDATER: '1', OPENCODE_DISABLE_AUTOUPDATE: '1', GEMINI_CLI_NO_RELAUNCH: 'true' }
  const environment = programEnvironment({ fixed, passed: [], secret: [] }, outside)
  using context = openLocalContext({ folder: tmpdir() })
  const call = { agent: 'version', command, arguments: ['--version'], cwd: tmpdir(), environment, input: null }
  try {
    const running = new ManagedProcess({ ...call, limits, secrets: [], graces: { killMs: 100 } }, context)
    const pieces: Buffer[] = []
    for await (const piece of running.output()) pieces.push(piece)
    const { code } = await running.ended
    return code === 0 ? versionIn(Buffer.concat(pieces).toString()) : null
  } catch {
    // It cannot be started: it has no version.
    return null
  }
}

function versionIn(output: string): string | null {
  return /\d+(?:\.\d+)+(?:[-+][\w.+-]+)?/.exec(output)?.[0] ?? null
}

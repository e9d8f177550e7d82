import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../../apps/mayfly/bin/mayfly.js', import.meta.url))

export const agent: string = fileURLToPath(new URL('./workload-agent.mjs', import.meta.url))

/** The built command line in a process of its own; all that it says goes to a file. */
export const startMayfly = (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  logFile: string,
  nodeFlags: readonly string[] = [],
): ChildProcess => {
  const { USE_WORKERS: _flag, NODE_OPTIONS: _options, ...inherited } = process.env
  const log = openSync(logFile, 'a')
  try {
    return spawn(process.execPath, [...nodeFlags, bin, ...args], {
      env: { ...inherited, ...environment },
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

export const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', (code) => resolve(code)))

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Belongings } from '../belongings.ts'

const probe = new URL('./probe.ts', import.meta.url).href

export const mayfly: string = fileURLToPath(new URL('../../../../apps/mayfly/bin/mayfly.js', import.meta.url))

export const applicationEntry: string = fileURLToPath(new URL('./application.ts', import.meta.url))

/** As `pnpm soak` starts the other soak: V8 otherwise keeps the pages of workers that have ended. */
const flags = ['--expose-gc', '--no-memory-pool-share-memory-on-teardown', '--import', probe]

export interface HostOptions {
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
}

/** A process that executes runs, and can be asked what it holds. */
export class Host {
  readonly process: ChildProcess

  constructor({ args, cwd, environment, logFile }: HostOptions) {
    const log = openSync(logFile, 'a')
    try {
      this.process = spawn(process.execPath, [...flags, ...args], {
        cwd,
        env: { ...environment, MAYFLY_SOAK_PROBE: '1' },
        stdio: ['ignore', log, log, 'ipc'],
      })
    } finally {
      closeSync(log)
    }
    // One that is killed while it is asked is told by its exit.
    this.process.on('error', () => {})
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  /** After garbage collections. */
  async takeStock(): Promise<Belongings> {
    this.process.send('take stock')
    for (;;) {
      const [message] = (await once(this.process, 'message')) as [Belongings | { runId: string }]
      if ('heapBytes' in message) return message
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return
    const exited = once(this.process, 'exit')
    this.process.kill(signal)
    await exited
  }
}

import { readFileSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { applicationEntry, Host, mayfly } from './host.ts'
import type { ScratchFolder } from './scratch-folder.ts'

/** The processes that execute runs: two that serve the queue, one of which is killed again and again, and an application. */
export class Hosts {
  readonly environment: Readonly<Record<string, string>>
  readonly steady: Host
  readonly application: Host
  readonly kills: Record<'SIGKILL' | 'SIGTERM', number> = { SIGKILL: 0, SIGTERM: 0 }
  readonly #scratch: ScratchFolder
  #mortal: Host | undefined

  constructor(scratch: ScratchFolder, environment: Readonly<Record<string, string>>) {
    this.#scratch = scratch
    this.environment = environment
    this.steady = this.#start('steady', [mayfly, 'serve'])
    this.application = this.#start('application', [applicationEntry])
  }

  startMortal(): void {
    this.#mortal = this.#start('mortal', [mayfly, 'serve'])
  }

  /** Resolves when the mortal one has begun an attempt since this was asked; false when it did not for so long. */
  async isAtWork(patienceMs: number): Promise<boolean> {
    const log = this.#scratch.logFile('mortal')
    const from = statSync(log).size
    for (const until = performance.now() + patienceMs; performance.now() < until; await delay(50)) {
      if (/attempt \d+ of \d+ begins/.test(readFileSync(log).toString('utf8', from))) return true
    }
    return false
  }

  /** Ends the mortal one, and starts it again, as an init system does. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#mortal?.end(signal)
    this.kills[signal]++
    this.startMortal()
  }

  async end(): Promise<void> {
    await Promise.all([this.steady, this.application, this.#mortal].map((host) => host?.end('SIGTERM')))
  }

  #start(name: string, args: readonly string[]): Host {
    const { path } = this.#scratch
    return new Host({ args, cwd: path, environment: this.environment, logFile: this.#scratch.logFile(name) })
  }
}

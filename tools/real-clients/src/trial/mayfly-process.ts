import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../../../apps/mayfly/bin/mayfly.js', import.meta.url))

export interface Finished {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The built command line in a process of its own, with nothing but the given environment. */
export class MayflyProcess {
  readonly finished: Promise<Finished>
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], cwd: string, environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [bin, ...args], { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.finished = this.#finish()
  }

  /** As Ctrl-C in a terminal, but to this process alone. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async #finish(): Promise<Finished> {
    await once(this.#child, 'close')
    const { exitCode, signalCode } = this.#child
    return { exitCode, signal: signalCode, stdout: this.#stdout, stderr: this.#stderr }
  }
}

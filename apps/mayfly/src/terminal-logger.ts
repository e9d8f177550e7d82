import type { Logger } from '@mayfly/orchestrator-entry'
import yoctoSpinner, { type Spinner } from 'yocto-spinner'
import { writeError } from './output.ts'

/** The log on stderr; on a terminal with a spinner below it that shows the mode and the time so far. */
export class TerminalLogger implements Logger {
  readonly #quiet: boolean
  #spinner: Spinner | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(quiet: boolean) {
    this.#quiet = quiet
  }

  info(line: string): void {
    if (!this.#quiet) this.#write(line)
  }

  /** Also when quiet: a warning is about what will surprise. */
  warn(line: string): void {
    this.#write(line)
  }

  startSpinner(mode: string): void {
    if (this.#quiet || !process.stderr.isTTY) return
    const startedAt = Date.now()
    const text = (): string => `${mode} · ${formatElapsed(Date.now() - startedAt)}`
    const spinner = yoctoSpinner({ text: text(), stream: process.stderr, handleSignals: false }).start()
    this.#spinner = spinner
    // A task in place may end the process; the terminal must get its cursor back.
    process.once('exit', () => this.stopSpinner())
    this.#timer = setInterval(() => {
      spinner.text = text()
    }, 1000).unref()
  }

  stopSpinner(): void {
    clearInterval(this.#timer)
    this.#spinner?.stop()
    this.#spinner = undefined
  }

  #write(line: string): void {
    this.#spinner?.clear()
    writeError(`${line}\n`)
  }
}

const formatElapsed = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`
}

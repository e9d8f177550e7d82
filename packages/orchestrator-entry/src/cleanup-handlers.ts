import { type Logger, withPrefix } from './logger.ts'
import type { Orchestrator } from './orchestrator.ts'

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]
export type EndSignal = keyof typeof EXIT_CODES

export interface CleanupHandlerOptions {
  readonly logger: Logger
  /** Ends the process. @default process.exit */
  readonly exit?: (code: number) => void
}

export interface CleanupHandlers {
  /** The signal that is ending this process; undefined as long as there was none. */
  readonly signal: EndSignal | undefined
  /** Takes the handlers away again. */
  remove(): void
}

/**
 * Sees to it that the end of this process loses nothing. On SIGINT, SIGTERM and SIGHUP: takes no more prompts, lets running
 * tasks finish their grace, ends workers and child processes, marks the rest as interrupted, closes the store, exits
 * with 130, 143 or 129. A second signal exits at once. On `exit`: what can be done synchronously.
 */
export const installCleanupHandlers = (orchestrator: Orchestrator, options: CleanupHandlerOptions): CleanupHandlers => {
  const { exit = (code) => process.exit(code) } = options
  const logger = withPrefix(options.logger)
  let endingBy: EndSignal | undefined
  const onSignal = (signal: EndSignal): void => {
    if (endingBy !== undefined) {
      logger.info(`Received a second signal (${signal}): exiting at once`)
      return leave(orchestrator, signal, exit, logger)
    }
    endingBy = signal
    logger.info(`Received ${signal}: shutting down`)
    orchestrator
      .cleanup(`the process received ${signal}`)
      .catch((error: unknown) => logger.warn(`Cleanup failed: ${String(error)}`))
      .finally(() => leave(orchestrator, signal, exit, logger))
  }
  const onExit = (code: number): void => {
    // A task in place that calls process.exit(0) has not done its work.
    if (code === 0 && orchestrator.isBusy) process.exitCode = 1
    orchestrator.cleanupSync()
  }
  const listeners = SIGNALS.map((signal) => ({ signal, listener: () => onSignal(signal) }))
  for (const { signal, listener } of listeners) process.on(signal, listener)
  process.on('exit', onExit)
  return {
    get signal() {
      return endingBy
    },
    remove() {
      for (const { signal, listener } of listeners) process.off(signal, listener)
      process.off('exit', onExit)
    },
  }
}

/** `process.exit()` hangs behind a thread in a native call; the signal's own action does not. */
const leave = (orchestrator: Orchestrator, signal: EndSignal, exit: (code: number) => void, logger: Logger): void => {
  orchestrator.cleanupSync(`the process received ${signal}`)
  if (!orchestrator.isWedged) return exit(EXIT_CODES[signal])
  logger.warn(`A worker's native call cannot be ended; leaving by ${signal} itself`)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

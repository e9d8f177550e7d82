/** Where the orchestrator says what it decides. Lines come with the seed's prefix. */
export interface Logger {
  info(line: string): void
  warn(line: string): void
}

export const silentLogger: Logger = { info: () => {}, warn: () => {} }

const PREFIX = '[Orchestrator Entry]'

export const withPrefix = (logger: Logger, redact: (line: string) => string = (line) => line): Logger => ({
  info: (line) => logger.info(`${PREFIX} ${redact(line)}`),
  warn: (line) => logger.warn(`${PREFIX} ${redact(line)}`),
})

import type { Surroundings } from '@mayfly/orchestrator-entry'
import { TerminalLogger } from '../terminal-logger.ts'

export interface ReadingOptions {
  readonly cwd?: string
  readonly json?: boolean
}

export const surroundingsOf = ({ cwd = process.cwd() }: ReadingOptions): Surroundings => ({
  cwd,
  environment: process.env,
  logger: new TerminalLogger(false),
})

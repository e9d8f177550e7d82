import { CommanderError } from 'commander'
import { toErrorReport } from './error-report.ts'
import { endQuietlyOnClosedPipe, printJson, writeError } from './output.ts'
import { createProgram } from './program.ts'

/**
 * Runs the command line and sets the exit code: 0, 1 failure, 2 usage, 130 SIGINT, 143 SIGTERM.
 * @param argumentsGiven without the interpreter and the script.
 */
export const main = async (argumentsGiven: readonly string[]): Promise<void> => {
  endQuietlyOnClosedPipe()
  const program = createProgram()
  if (argumentsGiven.length === 0) return program.outputHelp()
  try {
    await program.parseAsync([...argumentsGiven], { from: 'user' })
  } catch (error) {
    process.exitCode = report(error, argumentsGiven.includes('--json'))
  }
}

const report = (error: unknown, asJson: boolean): number => {
  // Commander has printed its own line, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { exitCode, ...errorReport } = toErrorReport(error)
  if (asJson) printJson({ error: errorReport })
  writeError(`${errorReport.message}\n`)
  return exitCode
}

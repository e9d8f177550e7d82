import { backupStore, collectStore, examineStore, parseDuration } from '@mayfly/orchestrator-entry'
import { print, printJson } from '../output.ts'
import { formatTable } from '../table.ts'
import { type ReadingOptions, surroundingsOf } from './surroundings.ts'

/** Exit code 1 when anything is wrong. */
export const doctorCommand = async (options: ReadingOptions): Promise<void> => {
  const report = await examineStore(surroundingsOf(options))
  if (!report.isWell) process.exitCode = 1
  if (options.json) return printJson(report)
  const rows = report.findings.map(({ level, code, message }) => [level, code, message])
  print(formatTable(rows))
  for (const { level, code, advice } of report.findings) {
    if (level !== 'ok' && advice !== null) print(`${code}: ${advice}.`)
  }
}

export interface GcCommandOptions extends ReadingOptions {
  readonly keep: string
  readonly interrupted?: boolean
  readonly dryRun?: boolean
}

export const gcCommand = async (options: GcCommandOptions): Promise<void> => {
  const { interrupted = false, dryRun = false } = options
  const report = await collectStore(surroundingsOf(options), { keepMs: keepMs(options.keep), interrupted, dryRun })
  if (options.json) return printJson(report)
  const { runs, files, worktrees, kept, events, bytesBefore, bytesAfter } = report
  print(`${dryRun ? 'Would remove' : 'Removed'} ${runs.length} runs and ${files.length} files.`)
  for (const runId of runs) print(`run ${runId}`)
  for (const file of files) print(`file ${file}`)
  for (const folder of worktrees) print(`worktree ${folder}`)
  for (const why of kept) print(why)
  if (!dryRun) print(`Removed ${events} events; the store had ${bytesBefore} bytes and has ${bytesAfter}.`)
}

export const backupCommand = async (file: string, options: ReadingOptions): Promise<void> => {
  const path = await backupStore(surroundingsOf(options), file)
  if (options.json) return printJson({ path })
  print(path)
}

const keepMs = (text: string): number => {
  const milliseconds = parseDuration(text)
  if (milliseconds !== undefined) return milliseconds
  throw Object.assign(
    new Error(`Option --keep: expected a duration such as 12h or 30d, got ${JSON.stringify(text)}.`),
    {
      code: 'SETTING_INVALID',
    },
  )
}

import { reportSettings } from '@mayfly/orchestrator-entry'
import { print, printJson } from '../output.ts'
import { formatTable } from '../table.ts'
import { type ReadingOptions, surroundingsOf } from './surroundings.ts'

export const flagsCommand = (options: ReadingOptions): void => {
  const settings = reportSettings(surroundingsOf(options))
  if (options.json) return printJson({ settings })
  const rows = settings.map(({ name, value, source, reason }) => [name, String(value ?? '-'), source, reason ?? ''])
  print(formatTable([['NAME', 'VALUE', 'SOURCE', 'REASON'], ...rows]))
}

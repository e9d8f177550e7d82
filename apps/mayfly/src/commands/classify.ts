import { classifyTask, complexityScore } from '@mayfly/orchestrator-entry'
import { print, printJson } from '../output.ts'

export interface ClassifyCommandOptions {
  readonly complexity?: string
  readonly json?: boolean
}

export const classifyCommand = (text: string, options: ClassifyCommandOptions): void => {
  const classification = classifyTask(text, complexityOf(options.complexity))
  if (options.json) return printJson(classification)
  print(`${classification.reason}; complexity ${classification.complexity}`)
}

const complexityOf = (given: string | undefined): number =>
  given !== undefined && /^-?[\d.]+$/.test(given) ? Number(given) : complexityScore(given as 'low' | undefined)

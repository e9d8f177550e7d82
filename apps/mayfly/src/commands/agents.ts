import { resolve } from 'node:path'
import { type AgentListing, reportAgents } from '@mayfly/orchestrator-entry'
import { print, printJson } from '../output.ts'
import { formatTable, oneLine } from '../table.ts'
import { type ReadingOptions, surroundingsOf } from './surroundings.ts'

export interface AgentsCommandOptions extends ReadingOptions {
  readonly agentsFile?: string
  readonly versions?: boolean
}

export const agentsCommand = async ({ agentsFile, versions, ...options }: AgentsCommandOptions): Promise<void> => {
  const file = agentsFile === undefined ? {} : { agentsFile: resolve(agentsFile) }
  const agents = await reportAgents(surroundingsOf(options), file, versions)
  if (options.json) return printJson({ agents })
  print(formatTable([['AGENT', 'KIND', 'AVAILABLE', 'VERSION', 'COSTS', 'WHAT IT IS'], ...agents.map(toRow)]))
}

const toRow = ({ name, kind, isAvailable, reason, version, isPaid, description }: AgentListing): string[] => [
  name,
  kind,
  isAvailable ? 'yes' : `no: ${reason ?? ''}`,
  version ?? '-',
  isPaid ? 'paid' : 'free',
  oneLine(description, 80),
]

import { posix } from 'node:path'
import type { PlanFile, PlanRisk, PlanStatistics } from '../plan.ts'

/** What risks are read from. */
export interface RiskEvidence {
  readonly basis: 'prompt' | 'structure'
  readonly files: readonly PlanFile[]
  readonly statistics: PlanStatistics
  readonly promptTruncated: boolean
}

const manyImporters = 10
const hotShare = 0.1
const leastHotChanges = 5
const manyFolders = 4

/** What could go wrong with work on these files, as far as the folder tells. */
export function findRisks(evidence: RiskEvidence): readonly PlanRisk[] {
  const relevant = evidence.basis === 'structure' ? [] : evidence.files.filter((file) => file.relevant)
  return [
    ...matchRisks(evidence),
    ...untestedRisks(relevant),
    ...dependentRisks(relevant),
    ...hotRisks(relevant, evidence.statistics.commits ?? 0),
    ...spreadRisks(relevant),
    ...unreadRisks(evidence.statistics),
  ]
}

function matchRisks({ basis, promptTruncated }: RiskEvidence): readonly PlanRisk[] {
  const unmatched = 'No file has to do with the prompt. The files listed are the ways into the folder, not a finding.'
  const truncated = 'The prompt is long: only its beginning and its most frequent words were looked for.'
  return [
    ...(basis === 'structure' ? [risk('no-match', unmatched)] : []),
    ...(promptTruncated ? [risk('partial', truncated)] : []),
  ]
}

function untestedRisks(relevant: readonly PlanFile[]): readonly PlanRisk[] {
  const untested = relevant.filter(({ kind, tests }) => kind === 'source' && tests.length === 0)
  return riskOf('untested', untested, 'No test is named after these files: a mistake in them may pass unseen.')
}

function dependentRisks(relevant: readonly PlanFile[]): readonly PlanRisk[] {
  const central = relevant.filter(({ importers }) => importers >= manyImporters)
  const counts = central.map(({ path, importers }) => `${path} (${importers})`).join(', ')
  return riskOf('dependents', central, `Many files import these, so a change reaches far: ${counts}.`)
}

function hotRisks(relevant: readonly PlanFile[], commits: number): readonly PlanRisk[] {
  const hot = relevant.filter(({ changes }) => changes >= Math.max(leastHotChanges, commits * hotShare))
  return riskOf('hot', hot, 'These files change often: expect others to work on them at the same time.')
}

function spreadRisks(relevant: readonly PlanFile[]): readonly PlanRisk[] {
  const folders = new Set(relevant.map(({ path }) => posix.dirname(path)))
  if (folders.size < manyFolders) return []
  return [risk('spread', `The relevant files stand in ${folders.size} folders: the work may be more than one change.`)]
}

function unreadRisks(statistics: PlanStatistics): readonly PlanRisk[] {
  const { generated, huge, unreadable, 'beyond-limit': beyond } = statistics.skipped
  const examples = [generated, huge, unreadable, beyond].flatMap((skip) => skip?.examples ?? [])
  const count = [generated, huge, unreadable, beyond].reduce((sum, skip) => sum + (skip?.count ?? 0), 0)
  const partial = statistics.truncated + statistics.pathOnly
  return [
    ...(count === 0
      ? []
      : [risk('skipped', `${count} generated, huge or unreadable entries were not looked at.`, examples)]),
    ...(partial === 0 ? [] : [risk('partial', `${partial} large files were not read to their end.`)]),
    ...(statistics.historyNote === null
      ? []
      : [risk('history', `The history was not fully used: ${statistics.historyNote}`)]),
  ]
}

function riskOf(kind: PlanRisk['kind'], files: readonly PlanFile[], text: string): readonly PlanRisk[] {
  return files.length === 0
    ? []
    : [
        risk(
          kind,
          text,
          files.map(({ path }) => path),
        ),
      ]
}

function risk(kind: PlanRisk['kind'], text: string, files: readonly string[] = []): PlanRisk {
  return { kind, text, files: [...files] }
}

import { posix } from 'node:path'
import type { FileFacts } from './file-facts.ts'
import type { Findings } from './findings.ts'
import { stemPathOf } from './path-table.ts'

/** What a file is in the structure of its folder. */
export interface StructureRole {
  readonly score: number
  readonly role: string
}

const readme = /^readme(?:\.|$)/i
const manifestNames =
  /^(?:package\.json|pyproject\.toml|setup\.py|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|composer\.json|CMakeLists\.txt|Makefile)$/
const entryName = /^(?:index|main|__main__|app|server|cli|mod|lib)$/

/** The files to begin with when a prompt says nothing that is in the folder, by index. */
export function scoreStructure(
  findings: Pick<Findings, 'facts' | 'links' | 'history' | 'manifests'>,
): ReadonlyMap<number, StructureRole> {
  const entries = new Set(findings.manifests.flatMap((manifest) => manifest.entries.map(stemPathOf)))
  const roles = new Map<number, StructureRole>()
  for (const [index, file] of findings.facts.entries()) {
    if (file === undefined) continue
    const candidates = [
      roleOf(file, entries),
      hotRole(findings.history.heatOf(index)),
      hubRole(findings.links.importersOf(index).length),
      smallest(file),
    ].filter((role) => role !== undefined)
    const best = candidates.reduce((one, other) => (other.score > one.score ? other : one))
    roles.set(index, best)
  }
  return roles
}

function roleOf(file: FileFacts, entries: ReadonlySet<string>): StructureRole | undefined {
  const name = posix.basename(file.path)
  const depth = file.path.split('/').length - 1
  const nearness = 1 / (1 + 0.25 * depth)
  if (readme.test(name)) return { score: nearness, role: 'a readme' }
  if (manifestNames.test(name)) return { score: 0.95 * nearness, role: 'what the project is made of' }
  if (entries.has(stemPathOf(file.path))) return { score: 0.9, role: 'an entry that the manifest names' }
  if (file.kind !== 'source' || !entryName.test(posix.basename(stemPathOf(file.path)))) return undefined
  return { score: 0.85 * nearness, role: 'a usual entry point' }
}

function hotRole(heat: number): StructureRole | undefined {
  return heat === 0 ? undefined : { score: 0.7 * heat, role: 'often changed' }
}

function hubRole(importers: number): StructureRole | undefined {
  return importers < 2 ? undefined : { score: 0.6 * (1 - 1 / importers), role: `imported by ${importers} files` }
}

/** Every file is better than none: a folder may hold nothing that has a role. */
function smallest(file: FileFacts): StructureRole {
  return { score: file.kind === 'source' ? 0.02 : 0.01, role: 'in the folder' }
}

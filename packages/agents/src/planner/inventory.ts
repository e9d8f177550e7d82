import { realpath, stat } from 'node:fs/promises'
import type { AgentContext } from '../agent.ts'
import { AgentFolderError } from '../agent-errors.ts'
import { findGitRoot, rulesAbove } from './ignore-rules.ts'
import type { PlannerLimits } from './limits.ts'
import type { Pulse } from './pulse.ts'
import { SkipTally } from './skip-tally.ts'
import { walk } from './walk.ts'

/** What stands in a folder, before any file is opened. */
export interface Inventory {
  /** The folder itself, absolute, links resolved. */
  readonly root: string
  /** The root of the git repository that the folder is in. */
  readonly gitRoot: string | undefined
  /** Files worth opening, relative, with `/`, in the order of the walk. */
  readonly paths: readonly string[]
  readonly skipped: SkipTally
}

/**
 * Takes stock of a folder.
 *
 * @throws AgentFolderError when it is missing or not a folder; the abort reason when the signal is aborted.
 */
export async function takeInventory(
  cwd: string,
  limits: Pick<PlannerLimits, 'files'>,
  context: AgentContext,
  pulse: Pulse,
): Promise<Inventory> {
  const root = await resolveFolder(cwd)
  const gitRoot = await findGitRoot(root)
  const skipped = new SkipTally()
  const paths: string[] = []
  for await (const entry of walk(root, await rulesAbove(root, gitRoot), context.signal)) {
    if (entry.kind === 'skipped') skipped.add(entry.reason, entry.path)
    else if (paths.length < limits.files) paths.push(entry.path)
    else skipped.add('beyond-limit', entry.path)
    pulse.beat(() => ({ phase: 'inventory', files: paths.length }))
  }
  return { root, gitRoot, paths, skipped }
}

async function resolveFolder(cwd: string): Promise<string> {
  const root = await realpath(cwd).catch((cause: unknown) => {
    throw new AgentFolderError(cwd, 'it does not exist or cannot be entered', { cause })
  })
  if (!(await stat(root)).isDirectory()) throw new AgentFolderError(cwd, 'it is not a folder')
  return root
}

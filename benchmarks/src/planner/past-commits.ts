import { git } from './git.ts'

/** A commit of the past as a question: would the files have been found from its subject and the tree before it? */
export interface PastCommit {
  readonly commit: string
  /** The tree, and the end of the history, that the planner may see. */
  readonly parent: string
  /** The prompt. */
  readonly subject: string
  /** Files that the commit changed or deleted; those it added could not be found. */
  readonly changed: readonly string[]
}

/** The newest commits that have one parent and changed at least one file that was there, newest first. */
export async function listPastCommits(repository: string, most: number): Promise<readonly PastCommit[]> {
  const format = '--format=%H%x00%P%x00%s'
  const lines = (await git(repository, ['log', '--no-merges', '--min-parents=1', format])).split('\n').filter(Boolean)
  const found: PastCommit[] = []
  for (const line of lines) {
    if (found.length === most) break
    const [commit = '', parent = '', subject = ''] = line.split('\0')
    const changed = await listChanged(repository, parent, commit)
    if (changed.length > 0) found.push({ commit, parent, subject, changed })
  }
  return found
}

async function listChanged(repository: string, parent: string, commit: string): Promise<readonly string[]> {
  const filter = ['-r', '-z', '--name-only', '--no-renames', '--diff-filter=MDT']
  return (await git(repository, ['diff-tree', ...filter, parent, commit])).split('\0').filter(Boolean)
}

import type { Repository } from './repository.ts'
import { branchOf } from './worktree.ts'
import type { GoOnCommands } from './worktree-end.ts'
import { recordName, type WorktreeRecord } from './worktree-record.ts'

/** How a person goes on with work that was left on its branch. */
export const goOnCommands = ({ root }: Repository, record: WorktreeRecord): GoOnCommands => {
  const git = `git -C ${shellWord(root)}`
  const branch = branchOf(record.runId)
  const onto = record.from === null ? '' : `${git} switch ${shellWord(record.from.replace(/^refs\/heads\//, ''))} && `
  const tree = `${git} worktree remove --force --force ${shellWord(record.path)}`
  return {
    look: `${git} diff ${record.base} ${branch}`,
    merge: `${onto}${git} merge ${branch}`,
    remove: `${tree} && ${git} branch -D ${branch} && ${git} update-ref -d ${recordName(record.runId)}`,
  }
}

/** As a POSIX shell reads it as one word. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

import { askGit } from './git.ts'

/**
 * Programs that a repository's own configuration names for filters and merges, as `filter.<name>` or `merge.<name>`. What the user's
 * or the machine's configuration names (git-lfs, as a rule) is theirs, and is run.
 */
export const findPrograms = async (root: string, signal: AbortSignal | undefined): Promise<readonly string[]> => {
  const pattern = '^(filter\\..*\\.(clean|smudge|process)|merge\\..*\\.driver)$'
  const args = ['config', '--null', '--show-scope', '--name-only', '--get-regexp', pattern]
  const { stdout } = await askGit(root, args, signal === undefined ? {} : { signal })
  const fields = stdout.split('\0')
  const own = fields.filter((_, index) => fields[index - 1] === 'local' || fields[index - 1] === 'worktree')
  return [...new Set(own.map((key) => key.slice(0, key.lastIndexOf('.'))))].toSorted()
}

/** A filter without a program leaves files as they are; a merge driver that fails leaves a conflict. */
export const withoutPrograms = (programs: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    programs.flatMap((name) =>
      name.startsWith('filter.')
        ? [
            [`${name}.clean`, ''],
            [`${name}.smudge`, ''],
            [`${name}.process`, ''],
            [`${name}.required`, 'false'],
          ]
        : [[`${name}.driver`, 'false']],
    ),
  )

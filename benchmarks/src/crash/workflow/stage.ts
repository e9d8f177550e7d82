import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** A git repository for whole workflows to work on, with a place beside it for what they are told and what they note. */
export interface Stage {
  readonly folder: string
  readonly repository: string
  readonly database: string
  readonly artifacts: string
}

export interface Template {
  readonly template: string
  readonly files: number
}

/** A copy of the files that this repository tracks under these paths, with a history of its own. */
export const makeTemplate = (scratch: string, paths: readonly string[]): Template => {
  const template = join(scratch, 'template')
  const tracked = git(root, 'ls-files', '-z', '--', ...paths)
    .split('\0')
    .filter(Boolean)
  for (const path of tracked) {
    mkdirSync(dirname(join(template, path)), { recursive: true })
    cpSync(join(root, path), join(template, path))
  }
  git(template, 'init', '--quiet')
  git(template, 'add', '--all', '--force')
  git(template, '-c', 'user.name=someone', '-c', 'user.email=someone@example.org', 'commit', '--quiet', '-m', 'A copy')
  return { template, files: tracked.length }
}

export const openStage = (scratch: string, template: string): Stage => {
  const folder = mkdtempSync(join(scratch, 'stage-'))
  const repository = join(folder, 'repository')
  cpSync(template, repository, { recursive: true })
  const store = join(repository, '.mayfly')
  return { folder, repository, database: join(store, 'mayfly.db'), artifacts: join(store, 'artifacts') }
}

export const closeStage = ({ folder }: Stage): void => rmSync(folder, { recursive: true, force: true })

/** What git sees of its files: those that it tracks and those that are new, by path. */
export const filesOf = ({ repository }: Stage): readonly string[] =>
  git(repository, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter(Boolean)

const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })

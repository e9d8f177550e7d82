import { readFile, stat } from 'node:fs/promises'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'

/** The rules of one folder, and those of the folders above it. Paths are relative to the top folder, with `/`. */
export interface IgnoreRules {
  /** Whether a file or folder of this folder is ignored. A deeper rule beats a higher one, as in git. */
  ignores(name: string, isFolder: boolean): boolean
  /** The rules for a folder inside, given the text of the ignore file that stands in it. */
  enter(folder: string, ignoreFile: string | undefined): IgnoreRules
}

/** One ignore file: its rules apply to paths below the folder that it stands in. */
interface Layer {
  readonly rules: Ignore
  /** From the layer's folder to the one that is being looked at: empty or ending in `/`. */
  readonly prefix: string
}

/** An ignore file larger than this is not one that anybody wrote. Bytes. */
const largestIgnoreFile = 1024 * 1024

/** Rules that know no ignore file yet. */
export const noRules: IgnoreRules = createRules([])

function createRules(layers: readonly Layer[]): IgnoreRules {
  return {
    ignores: (name, isFolder) => decide(layers, name, isFolder),
    enter: (folder, ignoreFile) => {
      const above = layers.map(({ rules, prefix }) => ({ rules, prefix: `${prefix}${folder}/` }))
      return createRules(withLayer(folder === '' ? layers : above, ignoreFile))
    },
  }
}

function withLayer(layers: readonly Layer[], ignoreFile: string | undefined): readonly Layer[] {
  return ignoreFile === undefined
    ? layers
    : [...layers, { rules: ignore({ ignorecase: false, allowRelativePaths: true }).add(ignoreFile), prefix: '' }]
}

function decide(layers: readonly Layer[], name: string, isFolder: boolean): boolean {
  for (const { rules, prefix } of layers.toReversed()) {
    const path = `${prefix}${name}${isFolder ? '/' : ''}`
    const { ignored, unignored } = rules.test(path)
    if (unignored || (ignored && !isIgnoredByFolder(rules, path))) return ignored
  }
  return false
}

/** The walk is inside that folder, so a deeper rule has overruled what this one says about it. */
function isIgnoredByFolder(rules: Ignore, path: string): boolean {
  const folder = posix.dirname(path)
  return folder !== '.' && rules.ignores(`${folder}/`)
}

/**
 * The rules that stand above a folder: `.git/info/exclude` and the ignore files between the root of its git repository and
 * itself. A folder that these rules ignore was asked for all the same, so they are not applied to what is inside.
 */
export async function rulesAbove(folder: string, gitRoot: string | undefined): Promise<IgnoreRules> {
  if (gitRoot === undefined) return noRules
  let rules = noRules.enter('', await readExclude(gitRoot))
  let path = gitRoot
  for (const name of relative(gitRoot, folder).split(sep).filter(Boolean)) {
    const ignoreFile = await readIgnoreFile(path)
    rules = rules.enter('', ignoreFile)
    if (rules.ignores(name, true)) return noRules
    rules = rules.enter(name, undefined)
    path = join(path, name)
  }
  return rules
}

/** The text of a folder's ignore file; undefined when there is none that can be read. */
export function readIgnoreFile(folder: string): Promise<string | undefined> {
  return readSmallFile(join(folder, '.gitignore'))
}

/** The nearest folder at or above this one that holds a git repository. */
export async function findGitRoot(folder: string): Promise<string | undefined> {
  const isRoot = await stat(join(folder, '.git')).then(
    () => true,
    () => false,
  )
  if (isRoot) return folder
  return dirname(folder) === folder ? undefined : findGitRoot(dirname(folder))
}

/** In a worktree or a submodule `.git` is a file that points at the real folder, which may share another's `info`. */
async function readExclude(gitRoot: string): Promise<string | undefined> {
  const pointer = await readSmallFile(join(gitRoot, '.git'))
  const target = /^gitdir: (.+)$/m.exec(pointer ?? '')?.[1]
  const gitFolder = resolve(gitRoot, target ?? '.git')
  const common = (await readSmallFile(join(gitFolder, 'commondir')))?.trim()
  return readSmallFile(join(resolve(gitFolder, common ?? '.'), 'info', 'exclude'))
}

async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    return size <= largestIgnoreFile ? await readFile(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}

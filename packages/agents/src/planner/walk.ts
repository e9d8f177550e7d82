import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type IgnoreRules, readIgnoreFile } from './ignore-rules.ts'
import type { SkipReason } from './skip-rules.ts'
import { isUnseen, skipFileName, skipFolder } from './skip-rules.ts'
import { byCodeUnits } from './skip-tally.ts'

/** What a walk meets: a file to read, or something it leaves out and why. Paths are relative, with `/`. */
export type Entry =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'skipped'; readonly path: string; readonly reason: SkipReason }

/** A folder that is still to be read: folders wait here, not files, so that memory stays with the width of the tree. */
interface PendingFolder {
  /** Relative, empty or ending in `/`. */
  readonly prefix: string
  readonly rules: IgnoreRules
}

/**
 * Walks a folder in the order of its paths. Symbolic links are never followed: what they point at inside the folder is met
 * under its own name, and nothing outside is read.
 */
export async function* walk(root: string, rules: IgnoreRules, signal: AbortSignal): AsyncGenerator<Entry> {
  const pending: PendingFolder[] = [{ prefix: '', rules }]
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    signal.throwIfAborted()
    const children = await readFolder(root, folder.prefix)
    if (children === undefined) {
      yield { kind: 'skipped', path: folder.prefix, reason: 'unreadable' }
      continue
    }
    yield* visit(root, folder, children, pending)
  }
}

async function* visit(
  root: string,
  folder: PendingFolder,
  children: readonly Dirent[],
  pending: PendingFolder[],
): AsyncGenerator<Entry> {
  const hasRules = children.some(({ name }) => name === '.gitignore')
  const ignoreFile = hasRules ? await readIgnoreFile(join(root, folder.prefix)) : undefined
  const rules = folder.rules.enter('', ignoreFile)
  const folders: PendingFolder[] = []
  for (const child of children) {
    if (isUnseen(child.name)) continue
    const path = `${folder.prefix}${child.name}`
    const reason = skipEntry(child, rules)
    if (reason !== undefined) yield { kind: 'skipped', path: child.isDirectory() ? `${path}/` : path, reason }
    else if (child.isDirectory()) folders.push({ prefix: `${path}/`, rules: rules.enter(child.name, undefined) })
    else yield { kind: 'file', path }
  }
  pending.push(...folders.reverse())
}

function skipEntry(child: Dirent, rules: IgnoreRules): SkipReason | undefined {
  if (child.isSymbolicLink()) return 'link'
  if (child.isDirectory()) return rules.ignores(child.name, true) ? 'ignored' : skipFolder(child.name)
  // A pipe, socket or device: opening one can wait for ever.
  if (!child.isFile()) return 'special'
  return rules.ignores(child.name, false) ? 'ignored' : skipFileName(child.name)
}

async function readFolder(root: string, prefix: string): Promise<readonly Dirent[] | undefined> {
  try {
    const children = await readdir(join(root, prefix), { withFileTypes: true })
    return children.sort((one, other) => byCodeUnits(one.name, other.name))
  } catch {
    return undefined
  }
}

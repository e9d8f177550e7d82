import { posix } from 'node:path'
import { fileKindOf } from './file-kind.ts'

/** Names that stand for their folder when it is imported. */
const folderFiles = new Set(['index', '__init__', 'mod', 'main', 'lib', 'init'])

/** The files of a folder by their index, and the ways to find them by a part of their path. */
export interface PathTable {
  readonly paths: readonly string[]
  /** The file with exactly this path. */
  at(path: string): number | undefined
  /** The files whose path without its extension is this; more than one for `button.tsx` beside `button.css`. */
  withStem(stemPath: string): readonly number[]
  /** The files whose name without its extension is this, or that stand for a folder of this name. */
  named(name: string): readonly number[]
  /** The files directly in folders whose last segment is this. */
  foldersNamed(name: string): readonly string[]
  inFolder(folder: string): readonly number[]
}

/** `a/b.test.ts` gives `a/b.test`. */
export function stemPathOf(path: string): string {
  const extension = posix.extname(path)
  return extension === '' ? path : path.slice(0, -extension.length)
}

/** The folder for which a file such as `index.ts` stands; undefined for any other file. */
export function folderStoodFor(path: string): string | undefined {
  const stem = stemPathOf(path)
  return folderFiles.has(posix.basename(stem)) ? posix.dirname(stem) : undefined
}

/** Builds the table; the order of the paths is the order of every answer. */
export function createPathTable(paths: readonly string[]): PathTable {
  const exact = new Map(paths.map((path, index) => [path, index]))
  const stems = group(paths, (path) => [stemPathOf(path)])
  const names = group(paths, (path) => [posix.basename(stemPathOf(path)), posix.basename(folderStoodFor(path) ?? '')])
  const folders = group(paths, (path) => [posix.dirname(path)])
  const folderNames = new Map<string, string[]>()
  for (const folder of folders.keys()) append(folderNames, posix.basename(folder), folder)
  return {
    paths,
    at: (path) => exact.get(path),
    withStem: (stemPath) => stems.get(stemPath) ?? [],
    named: (name) => names.get(name) ?? [],
    foldersNamed: (name) => folderNames.get(name) ?? [],
    inFolder: (folder) => folders.get(folder) ?? [],
  }
}

function group(paths: readonly string[], keysOf: (path: string) => readonly string[]): ReadonlyMap<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const [index, path] of paths.entries()) {
    for (const key of new Set(keysOf(path))) if (key !== '') append(groups, key, index)
  }
  return groups
}

function append<Value>(groups: Map<string, Value[]>, key: string, value: Value): void {
  const known = groups.get(key)
  if (known === undefined) groups.set(key, [value])
  else known.push(value)
}

/** How many leading segments two paths share: the nearer of two equal candidates is the likelier one. */
export function sharedSegments(one: string, other: string): number {
  const segments = one.split('/')
  const others = other.split('/')
  const differs = segments.findIndex((segment, index) => segment !== others[index])
  return differs === -1 ? segments.length : differs
}

export function isCode(path: string): boolean {
  const kind = fileKindOf(path)
  return kind === 'source' || kind === 'test'
}

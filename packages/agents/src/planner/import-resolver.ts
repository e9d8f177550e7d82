import { posix } from 'node:path'
import { type LanguageFamily, languageFamilyOf } from './file-kind.ts'
import type { ImportRequest } from './imports.ts'
import type { Manifest } from './manifest.ts'
import { folderStoodFor, isCode, type PathTable, sharedSegments, stemPathOf } from './path-table.ts'

/** Finds the files, by index, that an import of a file asks for; none for what lies outside the folder. */
export type ImportResolver = (from: string, request: ImportRequest) => readonly number[]

/** A name that so many files could answer to says nothing. */
const mostCandidates = 12
/** Of a package that is a folder (Go), at most so many files are linked. */
const mostFilesOfFolder = 12

/** Makes a resolver over the files of a folder and the packages that its manifests name. */
export function createImportResolver(table: PathTable, manifests: readonly Manifest[]): ImportResolver {
  const packages = new Map(
    manifests.flatMap(({ name, folder }) => (name === undefined ? [] : [[name, folder] as const])),
  )
  return (from, { kind, path }) => {
    if (kind === 'relative') return resolveFile(table, posix.join(posix.dirname(from), path))
    const family = languageFamilyOf(from)
    const inPackage = resolvePackage(table, packages, path)
    return inPackage.length > 0 ? inPackage : resolveNamed(table, from, withoutAlias(path, family), family)
  }
}

/** A path as written, without its extension, with another extension (`./x.js` for `x.ts`), or the file of a folder. */
function resolveFile(table: PathTable, target: string): readonly number[] {
  const exact = table.at(target)
  if (exact !== undefined) return [exact]
  const path = target.replace(/\/$/, '')
  const inFolder = table.inFolder(path).filter((file) => folderStoodFor(table.paths[file] ?? '') === path)
  return (
    [table.withStem(path), table.withStem(stemPathOf(path)), inFolder]
      .map((files) => files.filter((file) => isCode(table.paths[file] ?? '')).slice(0, 1))
      .find((files) => files.length > 0) ?? []
  )
}

function resolvePackage(table: PathTable, packages: ReadonlyMap<string, string>, path: string): readonly number[] {
  const segments = path.split('/')
  const name = segments.slice(0, path.startsWith('@') ? 2 : 1).join('/')
  const folder = packages.get(name)
  if (folder === undefined) return []
  const inside = path.slice(name.length + 1)
  const candidates =
    inside === '' ? ['src/index', 'index', 'src/main', 'lib/index'] : [`src/${inside}`, inside, `lib/${inside}`]
  return (
    candidates
      .map((candidate) => resolveFile(table, posix.join(folder, candidate)))
      .find((files) => files.length > 0) ?? []
  )
}

/** `@/x` and `~/x` are the usual ways to write the top of the sources. */
function withoutAlias(path: string, family: LanguageFamily): string {
  return family === 'ecmascript' ? path.replace(/^[@~#]\//, '') : path
}

function resolveNamed(table: PathTable, from: string, path: string, family: LanguageFamily): readonly number[] {
  if (family === 'go') return resolveFolder(table, path)
  const candidates = table.named(posix.basename(stemPathOf(path)))
  if (candidates.length > mostCandidates * 10) return []
  const fitting = candidates.filter((file) => fits(table.paths[file] ?? '', from, path, family))
  return fitting.length > mostCandidates ? [] : nearest(table, from, fitting)
}

/** The last segments of a file's path, with or without its extension, are the name that is asked for. */
function fits(candidate: string, from: string, path: string, family: LanguageFamily): boolean {
  if (candidate === from || languageFamilyOf(candidate) !== family) return false
  const written = posix.extname(path) !== '' && endsWithSegments(candidate, path)
  const stem = folderStoodFor(candidate) ?? stemPathOf(candidate)
  const matches = written || endsWithSegments(stem, path) || endsWithSegments(stemPathOf(candidate), path)
  return matches && (path.includes('/') || isNearTop(candidate, from, family))
}

/** A name of one segment (`import os`) is mostly a library: only a file beside, or at the top, can be meant. */
function isNearTop(candidate: string, from: string, family: LanguageFamily): boolean {
  if (family === 'ecmascript') return false
  return family === 'c' || posix.dirname(candidate) === posix.dirname(from) || candidate.split('/').length <= 3
}

function resolveFolder(table: PathTable, path: string): readonly number[] {
  const segments = path.split('/')
  const folders = table.foldersNamed(posix.basename(path))
  // An import path begins with the module's own name, which is in no path: the longest ending that is a folder counts.
  for (let start = 0; start < segments.length; start += 1) {
    const ending = segments.slice(start).join('/')
    const found = folders.filter((folder) => endsWithSegments(folder, ending))
    if (found.length === 1) return table.inFolder(found[0] ?? '').slice(0, mostFilesOfFolder)
    if (found.length > 1) return []
  }
  return []
}

function endsWithSegments(path: string, ending: string): boolean {
  return path === ending || path.endsWith(`/${ending}`)
}

function nearest(table: PathTable, from: string, files: readonly number[]): readonly number[] {
  let best: number | undefined
  let shared = -1
  for (const file of files) {
    const length = sharedSegments(from, table.paths[file] ?? '')
    if (length > shared) [best, shared] = [file, length]
  }
  return best === undefined ? [] : [best]
}

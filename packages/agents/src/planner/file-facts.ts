import {
  type FileKind,
  fileKindOf,
  type LanguageFamily,
  languageFamilyOf,
  languageFamilyOfScript,
} from './file-kind.ts'
import type { ImportResolver } from './import-resolver.ts'
import { importRequests } from './imports.ts'
import { folderStoodFor } from './path-table.ts'
import type { Query } from './query.ts'
import { configurationKeys, declaredNames, headings } from './symbols.ts'
import { type TermCount, TermCounter } from './term-counter.ts'

/** Where and how often a file says a term of the query. */
export interface TermMatch {
  readonly term: number
  /** In the file's own name. */
  readonly name: number
  /** In the folders above it. */
  readonly folder: number
  /** Among the names that it declares. */
  readonly symbol: number
  readonly content: number
  /** Fields in which the word itself stands; in the others only one that is like it. */
  readonly exactIn: readonly MatchField[]
}

export type MatchField = 'name' | 'folder' | 'symbol' | 'content'

/** What is kept of a file: only what the query asks for, so that memory does not grow with what was read. */
export interface FileFacts {
  readonly path: string
  readonly kind: FileKind
  /** Identifiers in its text; 0 when it was not read. */
  readonly words: number
  /** Names that it declares. */
  readonly names: number
  readonly matches: readonly TermMatch[]
  /** Declared names that say a term of the query. */
  readonly symbols: readonly string[]
  /** Indexes of files that it imports. */
  readonly imports: readonly number[]
}

const mostSymbols = 8
const longestHeading = 200

/** Looks at one file; `text` is undefined for one that is known by its path only. */
export function lookAtFile(
  path: string,
  text: string | undefined,
  query: Query,
  resolve: ImportResolver,
  mostImports: number,
): FileFacts {
  const kind = fileKindOf(path)
  const family = familyOf(path, text ?? '')
  const names = text === undefined ? [] : namesIn(kind, family, text)
  const content = countIn(query, [text ?? ''])
  const slash = path.lastIndexOf('/')
  return {
    path,
    kind,
    words: content.words,
    names: names.length,
    matches: mergeMatches({
      name: countIn(query, [asIdentifiers(nameOf(path))]),
      folder: countIn(query, [asIdentifiers(path.slice(0, Math.max(0, slash)))]),
      symbol: countIn(query, names),
      content,
    }),
    symbols: names
      .filter((name) => name.length <= longestHeading && countIn(query, [name]).counts.length > 0)
      .slice(0, mostSymbols),
    imports: text === undefined ? [] : importsOf(path, family, text, resolve, mostImports),
  }
}

/** Folders that a name is not taken from: they stand for a place, not for a subject. */
const placeFolders = new Set(['src', 'lib', 'source', 'sources', 'main', 'app', '.'])

/** A file that stands for its folder (`index.ts`) is called what the folder is called. */
function nameOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const folder = folderStoodFor(path)
  const subject = folder?.split('/').findLast((segment) => !placeFolders.has(segment))
  return subject === undefined ? name : `${subject} ${name}`
}

/** In a path `-` and `.` join words as `_` does in code, so that `feature-flag.ts` holds the pair `feature flag`. */
function asIdentifiers(path: string): string {
  return path.replace(/[-. ]/g, '_')
}

function familyOf(path: string, text: string): LanguageFamily {
  return path.slice(path.lastIndexOf('/') + 1).includes('.') ? languageFamilyOf(path) : languageFamilyOfScript(text)
}

function namesIn(kind: FileKind, family: LanguageFamily, text: string): readonly string[] {
  if (kind === 'document') return headings(text)
  if (kind === 'configuration') return configurationKeys(text)
  return kind === 'data' ? [] : declaredNames(text, family)
}

function countIn(
  query: Query,
  texts: readonly string[],
): { readonly words: number; readonly counts: readonly TermCount[] } {
  const counter = new TermCounter(query)
  for (const text of texts) counter.add(text)
  return { words: counter.words, counts: counter.counts() }
}

function mergeMatches(
  fields: Readonly<Record<MatchField, { readonly counts: readonly TermCount[] }>>,
): readonly TermMatch[] {
  const merged = new Map<number, { -readonly [Key in keyof TermMatch]: TermMatch[Key] }>()
  for (const field of ['name', 'folder', 'symbol', 'content'] as const) {
    for (const { term, count, exact } of fields[field].counts) {
      const match = merged.get(term) ?? { term, name: 0, folder: 0, symbol: 0, content: 0, exactIn: [] }
      match[field] = count
      if (exact) match.exactIn = [...match.exactIn, field]
      merged.set(term, match)
    }
  }
  return [...merged.values()]
}

function importsOf(
  path: string,
  family: LanguageFamily,
  text: string,
  resolve: ImportResolver,
  most: number,
): readonly number[] {
  const requests = importRequests(text, family, most)
  return [...new Set(requests.flatMap((request) => resolve(path, request)))]
}

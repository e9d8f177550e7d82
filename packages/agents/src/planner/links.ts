import { posix } from 'node:path'
import type { FileFacts } from './file-facts.ts'
import { type PathTable, sharedSegments, stemPathOf } from './path-table.ts'

/** How the files of a folder belong together; indexes of the inventory. */
export interface Links {
  importsOf(file: number): readonly number[]
  importersOf(file: number): readonly number[]
  /** Tests of a source file, by name. */
  testsOf(file: number): readonly number[]
  /** The other files of its folder; none in a folder so large that it says nothing. */
  besides(file: number): readonly number[]
  /** The source file that a test is named after. */
  subjectOf(test: number): number | undefined
}

const none: readonly number[] = []
const largestFolder = 40

/** Finds the links between files. */
export function createLinks(table: PathTable, facts: readonly (FileFacts | undefined)[]): Links {
  const importers = new Map<number, number[]>()
  const tests = new Map<number, number[]>()
  const subjects = new Map<number, number>()
  for (const [index, file] of facts.entries()) {
    for (const imported of file?.imports ?? none) append(importers, imported, index)
    const subject = file?.kind === 'test' ? findSubject(table, facts, file) : undefined
    if (subject === undefined) continue
    subjects.set(index, subject)
    append(tests, subject, index)
  }
  return {
    importsOf: (file) => facts[file]?.imports ?? none,
    importersOf: (file) => importers.get(file) ?? none,
    testsOf: (file) => tests.get(file) ?? none,
    besides: (file) => besides(table, file),
    subjectOf: (test) => subjects.get(test),
  }
}

function besides(table: PathTable, file: number): readonly number[] {
  const files = table.inFolder(posix.dirname(table.paths[file] ?? ''))
  return files.length > largestFolder ? none : files.filter((other) => other !== file)
}

/** `user.test.ts`, `test_user.py`, `UserTest.java`, `user_spec.rb` and `tests/user.rs` are named after `user`. */
export function subjectNameOf(testPath: string): string {
  const name = posix.basename(stemPathOf(testPath))
  const bare = name
    .replace(/[._-](?:tests?|spec)$/i, '')
    .replace(/^tests?[._-]/i, '')
    .replace(/(?:Tests?|Spec|IT)$/, '')
  return bare === '' ? name : bare
}

function findSubject(table: PathTable, facts: readonly (FileFacts | undefined)[], test: FileFacts): number | undefined {
  const candidates = table.named(subjectNameOf(test.path)).filter((file) => facts[file]?.kind === 'source')
  const nearness = (file: number): number => {
    const imported = test.imports.includes(file) ? 100 : 0
    return imported + sharedSegments(test.path, table.paths[file] ?? '')
  }
  return candidates.reduce<number | undefined>(
    (best, file) => (best === undefined || nearness(file) > nearness(best) ? file : best),
    undefined,
  )
}

function append(groups: Map<number, number[]>, key: number, value: number): void {
  const known = groups.get(key)
  if (known === undefined) groups.set(key, [value])
  else known.push(value)
}

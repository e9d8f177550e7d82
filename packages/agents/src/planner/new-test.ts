import { posix } from 'node:path'
import { subjectNameOf } from './links.ts'

/** Where a test for a file would stand, named as this project names its tests of the same language. */
export function newTestFor(path: string, examples: readonly string[]): string {
  const extension = posix.extname(path)
  const stem = path.slice(0, path.length - extension.length)
  const example = examples.find((test) => posix.extname(test) === extension && namePattern(test) !== undefined)
  const pattern = example === undefined ? undefined : namePattern(example)
  if (example === undefined || pattern === undefined) return `${stem}.test${extension}`
  const name = `${pattern.before}${posix.basename(stem)}${pattern.after}${extension}`
  // Tests that stand in a folder of their own stay there; the others stand beside what they test.
  const apart = /(?:^|\/)(?:tests?|__tests__|specs?)(?:\/|$)/i.test(posix.dirname(example))
  return posix.join(apart ? posix.dirname(example) : posix.dirname(path), name)
}

/** What stands around the subject's name; undefined for a file that only stands among tests. */
function namePattern(test: string): { readonly before: string; readonly after: string } | undefined {
  const name = posix.basename(test, posix.extname(test))
  const subject = subjectNameOf(test)
  const at = name.indexOf(subject)
  return name === subject ? undefined : { before: name.slice(0, at), after: name.slice(at + subject.length) }
}

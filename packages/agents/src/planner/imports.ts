import type { LanguageFamily } from './file-kind.ts'

/** What a file asks for: a path beside it, or a name that is looked up in the whole folder. */
export interface ImportRequest {
  /** `relative` to the importing file; `named` by trailing path segments (`a/b/c` for `a.b.c`). */
  readonly kind: 'relative' | 'named'
  readonly path: string
}

const ecmascriptImport =
  /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\(|\brequire\.resolve\s*\()\s*(['"`])([^'"`\n$]{1,300})\1/g
const pythonFrom = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\(?([\w, \t]*)/gm
const pythonImport = /^[ \t]*import[ \t]+([\w., \t]+)/gm
const goImport = /^[ \t]*(?:import\s+)?(?:[\w.]+\s+)?"([\w.~/-]+\/[\w.~/-]+)"\s*$/gm
const jvmImport = /^[ \t]*(?:import|using)\s+(?:static\s+)?([\w.]+)/gm
const rustImport = /^[ \t]*(?:pub(?:\([a-z]+\))?\s+)?(?:use\s+((?:crate|super|self)(?:::\w+)+)|mod\s+(\w+)\s*;)/gm
const cInclude = /^[ \t]*#[ \t]*(?:include|import)[ \t]*["<]([^">\n]+)[">]/gm
const rubyRequire = /^[ \t]*(require|require_relative|load)\s*\(?['"]([^'"\n]+)['"]/gm
const phpImport = /^[ \t]*(?:use\s+([\w\\]+)|(?:require|include)(?:_once)?\s*\(?[^'"\n]*['"]([^'"\n]+)['"])/gm
const shellSource = /^[ \t]*(?:source|\.)\s+["']?([^\s"';]+)/gm

type Reader = (text: string) => Iterable<ImportRequest>

const readers: Readonly<Record<LanguageFamily, Reader>> = {
  ecmascript: function* (text) {
    for (const match of text.matchAll(ecmascriptImport)) yield byDot(match[2] ?? '')
  },
  python: readPython,
  go: function* (text) {
    for (const match of text.matchAll(goImport)) yield named(match[1] ?? '')
  },
  jvm: function* (text) {
    for (const match of text.matchAll(jvmImport)) yield named((match[1] ?? '').replaceAll('.', '/'))
  },
  rust: readRust,
  c: function* (text) {
    for (const match of text.matchAll(cInclude)) yield named((match[1] ?? '').replace(/^(?:\.\.?\/)+/, ''))
  },
  ruby: function* (text) {
    for (const [, verb, path = ''] of text.matchAll(rubyRequire)) {
      yield verb === 'require_relative' ? relative(path) : byDot(path)
    }
  },
  php: function* (text) {
    for (const [, name, path] of text.matchAll(phpImport)) {
      yield named((name ?? path ?? '').replaceAll('\\', '/').replace(/^\/+/, ''))
    }
  },
  shell: function* (text) {
    for (const match of text.matchAll(shellSource)) yield named((match[1] ?? '').replace(/^.*\$[^/]*\//, ''))
  },
  other: () => [],
}

/** What a file imports, as written; `most` bounds the list. Patterns and not a parser: see `declaredNames`. */
export function importRequests(text: string, family: LanguageFamily, most: number): readonly ImportRequest[] {
  const found: ImportRequest[] = []
  for (const request of readers[family](text)) {
    if (request.path !== '') found.push(request)
    if (found.length >= most) break
  }
  return found
}

function* readPython(text: string): Iterable<ImportRequest> {
  for (const [, dots = '', module = '', names = ''] of text.matchAll(pythonFrom)) {
    const path = module.replaceAll('.', '/')
    const upwards = dots === '' ? '' : `./${'../'.repeat(dots.length - 1)}`
    const make = dots === '' ? named : relative
    yield make(`${upwards}${path}`)
    for (const name of names.split(',')) {
      if (name.trim() !== '') yield make(`${upwards}${path}${path === '' ? '' : '/'}${name.trim().split(/\s/)[0]}`)
    }
  }
  for (const [, names = ''] of text.matchAll(pythonImport)) {
    for (const name of names.split(',')) yield named((name.trim().split(/\s/)[0] ?? '').replaceAll('.', '/'))
  }
}

function* readRust(text: string): Iterable<ImportRequest> {
  for (const [, used, module] of text.matchAll(rustImport)) {
    if (module !== undefined) yield relative(`./${module}`)
    // The last segment may be an item of the module before it.
    const path = (used ?? '').replace(/^(?:(?:crate|super|self)::)+/, '').replaceAll('::', '/')
    if (path !== '') yield named(path)
    if (path.includes('/')) yield named(path.slice(0, path.lastIndexOf('/')))
  }
}

function byDot(path: string): ImportRequest {
  return path.startsWith('.') ? relative(path) : named(path)
}

function relative(path: string): ImportRequest {
  return { kind: 'relative', path }
}

function named(path: string): ImportRequest {
  return { kind: 'named', path }
}

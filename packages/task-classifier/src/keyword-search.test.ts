import { describe, expect, test } from 'vitest'
import { findKeywords } from './keyword-search.ts'

const long: Record<string, string[]> = {
  implement: ['implement', 'implements', 'implemented', 'implementing', 'implementation', 'implementations'],
  refactor: ['refactor', 'refactors', 'refactored', 'refactoring'],
  migrate: ['migrate', 'migrates', 'migrated', 'migrating', 'migration', 'migrations'],
  redesign: ['redesign', 'redesigns', 'redesigned', 'redesigning'],
  architecture: ['architecture', 'architectures', 'architectural'],
  comprehensive: ['comprehensive', 'comprehensively'],
  extensive: ['extensive', 'extensively'],
  'large-scale': ['large-scale', 'large scale', 'large\nscale', 'large  scale', 'large‑scale'],
  'analyze codebase': [
    'analyze codebase',
    'analyze the whole codebase',
    'analyzes our codebase',
    'analyzed both codebases',
    'analyzing a codebase',
    'analyse the codebase',
    'analyses codebases',
    'analysed the codebase',
    'analysing codebases',
    'analysis of the codebase',
    'analyze the\n  legacy codebase',
    'analyze and analyze the whole codebase',
  ],
}

const short: Record<string, string[]> = {
  fix: ['fix', 'fixes', 'fixed', 'fixing'],
  update: ['update', 'updates', 'updated', 'updating'],
  add: ['add', 'adds', 'added', 'adding'],
  remove: ['remove', 'removes', 'removed', 'removing'],
  delete: ['delete', 'deletes', 'deleted', 'deleting'],
  rename: ['rename', 'renames', 'renamed', 'renaming'],
  quick: ['quick', 'quickly'],
}

const rows = (table: Record<string, string[]>): [string, string][] =>
  Object.entries(table).flatMap(([keyword, forms]) => forms.map((form): [string, string] => [form, keyword]))

const around = [
  (form: string) => form,
  (form: string) => form.toUpperCase(),
  (form: string) => `Please ${form}: now`,
  (form: string) => `("${form}")`,
  (form: string) => `再 ${form}。`,
  (form: string) => `one-${form}-two`,
]

describe('every form of a keyword counts', () => {
  test.each(rows(long))('%j is the long keyword %s', (form, keyword) => {
    for (const dress of around) expect(findKeywords(dress(form)), dress(form)).toEqual({ short: [], long: [keyword] })
  })

  test.each(rows(short))('%j is the short keyword %s', (form, keyword) => {
    for (const dress of around) expect(findKeywords(dress(form)), dress(form)).toEqual({ short: [keyword], long: [] })
  })
})

describe('a fragment, a relative or an identifier does not count', () => {
  test.each([
    ...[
      'addition',
      'additional',
      'additions',
      'address',
      'addressed',
      'padding',
      'add_user',
      'addUser',
      'madd',
      'added1',
    ],
    ...['prefix', 'prefixes', 'suffix', 'fixture', 'fixtures', 'hotfix', 'bugfix', 'fixer', 'fixs', 'fixable'],
    ...['updater', 'updatable', 'outdated', 'removal', 'remover', 'removable', 'deletion', 'deleter', 'undeleted'],
    ...['renamer', 'quicker', 'quickest', 'quicksort', 'quickness', 'quicken'],
    ...[
      'implementer',
      'implementor',
      'reimplement',
      'implementationally',
      'implemention',
      'refactorer',
      'refactorings',
    ],
    ...['migrator', 'migratory', 'immigrate', 'emigration', 'design', 'redesigner', 'architect', 'architecting'],
    ...['comprehend', 'comprehension', 'extension', 'extend', 'extensiveness', 'comprehensiveness'],
    ...[
      'large',
      'scale',
      'largescale',
      'large_scale',
      'large. Scale',
      'large, scale',
      'large-scaled',
      'a large new scale',
    ],
    ...['analyze', 'analyse', 'codebase', 'analyze code', 'analyze code base', 'codebase analyze', 'analyzecodebase'],
    ...['analyze the whole big codebase', 'analyze it. codebase', 'analyze this; codebases', 'analyze codebased'],
    ...['reanalyze codebase', 'analyst of codebase', 'analytics codebase', 'paralyze codebase'],
    ...['fixé', 'éfix', 'fixи', 'ñadd', 'add字', '字add', 'fix\u0301', 'add٣', 'quick_', '_quick'],
    ...['', ' ', '\n', '---', '修复登录', '🙂'],
  ])('%j holds no keyword', (text) => {
    expect(findKeywords(text)).toEqual({ short: [], long: [] })
  })
})

test('hyphens and punctuation separate words', () => {
  for (const text of ['fix-up', 'bug-fix', 'fix:', 'fix(ui): x', '`fix`', "fix's", 'src/fix.ts', 'fix🙂', '—fix—']) {
    expect(findKeywords(text).short, text).toEqual(['fix'])
  }
  expect(findKeywords('re-implement it').long).toEqual(['implement'])
})

test('each keyword is named once, in the order of the text', () => {
  expect(findKeywords('Update, add, updated; migrate the architecture, refactoring migrations')).toEqual({
    short: ['update', 'add'],
    long: ['migrate', 'architecture', 'refactor'],
  })
})

describe('a megabyte of hostile text is read in linear time', () => {
  const units = ['a', ' ', 'analyze ', 'analyze a ', 'large-', 'fix', 'fix ', 'analyze\n\n\n', '\u0301', '字', '🙂']
  // Linear is under 100 ms. Quadratic would be hours, and meet the time limit of the test.
  test.each(units)('of %j', (unit) => {
    const text = unit.repeat(1_000_000 / unit.length)
    expect(findKeywords(text)).toEqual({ short: unit === 'fix ' ? ['fix'] : [], long: [] })
  })
})

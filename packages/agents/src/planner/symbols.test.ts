import { describe, expect, it } from 'vitest'
import { fileKindOf, type LanguageFamily, languageFamilyOfScript } from './file-kind.ts'
import { importRequests } from './imports.ts'
import { configurationKeys, declaredNames, headings } from './symbols.ts'

describe('declaredNames', () => {
  it.each<[LanguageFamily, string, readonly string[]]>([
    [
      'ecmascript',
      'export async function load() {}\nclass Store {\n  #open(path: string): void {\n  }\n}\nconst limit = 1',
      ['load', 'Store', 'limit', 'open'],
    ],
    ['python', 'class User(Base):\n    async def save(self):\n        pass\nLIMIT = 5', ['User', 'save', 'LIMIT']],
    ['go', 'func (s *Store) Open(path string) error {\n}\ntype Store struct {', ['Open', 'Store']],
    ['rust', 'pub(crate) async fn open() {}\nimpl Store {}\npub struct Row;', ['open', 'Store', 'Row']],
    ['jvm', 'public class User {\n  private static List<String> findAll(int x) {\n', ['User', 'findAll']],
    ['c', 'static int open_store(const char *path)\n{\n#define LIMIT 5\nstruct row {', ['open_store', 'LIMIT', 'row']],
    ['ruby', 'class User\n  def self.find(id)\n', ['User', 'find']],
    ['shell', 'open_store() {\n  :\n}\nfunction close_store {\n', ['open_store']],
  ])('finds the names of %s', (family, text, names) => {
    expect(declaredNames(text, family)).toEqual(expect.arrayContaining([...names]))
  })

  it('finds headings and keys', () => {
    expect(headings('# One\n\nText\n\nTwo\n===\n')).toEqual(['One', 'Two'])
    expect(configurationKeys('name: x\nscripts:\n  test: y\n')).toEqual(['name', 'scripts', 'test'])
  })

  const families: readonly LanguageFamily[] = [
    'ecmascript',
    'python',
    'go',
    'jvm',
    'rust',
    'c',
    'ruby',
    'php',
    'shell',
    'other',
  ]
  const hostile = [
    '\n',
    ' ',
    'func (',
    'export ',
    'typedef ',
    'a(',
    'import ',
    '"',
    'from ',
    'get',
    '\t(',
    '# ',
    'public a ',
  ].map((text) => text.repeat(Math.floor(262_144 / text.length)))
  it.each(families)('reads text that was made to be slow, as %s, about as fast as any other', (family) => {
    // Quadratic patterns take minutes here and fail by the test's own time limit.
    for (const text of hostile) {
      declaredNames(text, family)
      importRequests(text, family, 300)
      headings(text)
      configurationKeys(text)
    }
  })
})

describe('importRequests', () => {
  const paths = (family: LanguageFamily, text: string): readonly string[] =>
    importRequests(text, family, 300).map(({ path }) => path)

  it.each<[LanguageFamily, string, readonly string[]]>([
    [
      'ecmascript',
      "import a from './a.ts'\nexport * from '../b'\nconst c = require('c/d')\nawait import('./e')\nimport './f.css'",
      ['./a.ts', '../b', 'c/d', './e', './f.css'],
    ],
    [
      'python',
      'from .models import User as U, Group\nimport os.path, sys\nfrom shop import cart',
      ['./models', './models/User', './models/Group', 'shop', 'shop/cart', 'os/path', 'sys'],
    ],
    ['go', 'import (\n\t"fmt"\n\tstore "example.org/shop/internal/store"\n)', ['example.org/shop/internal/store']],
    ['jvm', 'import static com.shop.Cart.total;', ['com/shop/Cart/total']],
    ['rust', 'mod store;\nuse crate::model::user::User;', ['./store', 'model/user/User', 'model/user']],
    ['c', '#include "../store/open.h"\n#include <stdio.h>', ['store/open.h', 'stdio.h']],
    ['ruby', "require_relative '../store'\nrequire 'json'", ['../store', 'json']],
    ['php', 'use App\\Models\\User;', ['App/Models/User']],
  ])('finds what %s imports', (family, text, expected) => {
    expect(paths(family, text)).toEqual(expected)
  })

  it('stops at the limit', () => {
    expect(importRequests("import './a'\n".repeat(10), 'ecmascript', 3)).toHaveLength(3)
  })
})

describe('fileKindOf', () => {
  it.each([
    ['src/user.ts', 'source'],
    ['src/user.test.ts', 'test'],
    ['tests/helper.py', 'test'],
    ['pkg/user_test.go', 'test'],
    ['src/UserTest.java', 'test'],
    ['src/contest.ts', 'source'],
    ['src/latest.ts', 'source'],
    ['docs/guide.md', 'document'],
    ['LICENSE', 'document'],
    ['tsconfig.json', 'configuration'],
    ['.gitignore', 'configuration'],
    ['bin/run', 'source'],
    ['src/__snapshots__/a.ts', 'data'],
    ['data/rows.csv', 'data'],
  ])('takes %s for %s', (path, kind) => {
    expect(fileKindOf(path)).toBe(kind)
  })

  it('reads the language of a script from its first line', () => {
    expect(languageFamilyOfScript('#!/usr/bin/env bash\n')).toBe('shell')
    expect(languageFamilyOfScript('#!/usr/bin/python3\n')).toBe('python')
    expect(languageFamilyOfScript('#!/usr/bin/env node\n')).toBe('ecmascript')
    expect(languageFamilyOfScript('plain text')).toBe('other')
  })
})

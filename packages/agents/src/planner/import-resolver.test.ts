import { describe, expect, it } from 'vitest'
import { createImportResolver } from './import-resolver.ts'
import type { ImportRequest } from './imports.ts'
import type { Manifest } from './manifest.ts'
import { createPathTable } from './path-table.ts'

function resolve(
  paths: readonly string[],
  from: string,
  request: ImportRequest,
  manifests: readonly Manifest[] = [],
): readonly string[] {
  const table = createPathTable(paths)
  return createImportResolver(table, manifests)(from, request).map((file) => paths[file] ?? '')
}

const relative = (path: string): ImportRequest => ({ kind: 'relative', path })
const named = (path: string): ImportRequest => ({ kind: 'named', path })

describe('createImportResolver', () => {
  it.each([
    ['./b.ts', 'src/b.ts'],
    ['./b', 'src/b.ts'],
    ['./b.js', 'src/b.ts'],
    ['./inner', 'src/inner/index.ts'],
    ['../top', 'top.ts'],
    ['./style.css', 'src/style.css'],
  ])('finds %s', (path, expected) => {
    const paths = ['src/a.ts', 'src/b.ts', 'src/b.md', 'src/inner/index.ts', 'top.ts', 'src/style.css']
    expect(resolve(paths, 'src/a.ts', relative(path))).toEqual([expected])
  })

  it('finds nothing outside the folder and nothing for a library', () => {
    const paths = ['src/a.ts', 'src/react.ts', 'src/os.py']
    expect(resolve(paths, 'src/a.ts', relative('../../elsewhere'))).toEqual([])
    expect(resolve(paths, 'src/a.ts', named('react'))).toEqual([])
  })

  it('finds the package of a workspace by its name, and a file inside it', () => {
    const manifest = { folder: 'packages/core', name: '@shop/core', scripts: [], entries: [] }
    const paths = ['app/a.ts', 'packages/core/src/index.ts', 'packages/core/src/cart.ts']
    expect(resolve(paths, 'app/a.ts', named('@shop/core'), [manifest])).toEqual(['packages/core/src/index.ts'])
    expect(resolve(paths, 'app/a.ts', named('@shop/core/cart'), [manifest])).toEqual(['packages/core/src/cart.ts'])
  })

  it('takes the nearest of several modules with the name', () => {
    const paths = ['one/shop/cart.py', 'two/shop/cart.py', 'two/main.py']
    expect(resolve(paths, 'two/main.py', named('shop/cart'))).toEqual(['two/shop/cart.py'])
  })

  it('finds the file of a class, an included header and the folder of a Go package', () => {
    expect(resolve(['src/com/shop/Cart.java', 'src/Main.java'], 'src/Main.java', named('com/shop/Cart'))).toEqual([
      'src/com/shop/Cart.java',
    ])
    expect(resolve(['include/store/open.h', 'src/open.c'], 'src/open.c', named('store/open.h'))).toEqual([
      'include/store/open.h',
    ])
    const go = ['internal/store/open.go', 'internal/store/row.go', 'main.go']
    expect(resolve(go, 'main.go', named('example.org/shop/internal/store'))).toEqual(go.slice(0, 2))
  })
})

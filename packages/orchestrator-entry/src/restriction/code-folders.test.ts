import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeFolders, ownCode } from './code-folders.ts'

let base: string

const write = (path: string): string => {
  const file = join(base, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '{}')
  return file
}

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'mayfly-code-')))
})

afterEach(() => rmSync(base, { recursive: true }))

describe('what a module needs to be imported', () => {
  test('is its package, and node_modules from there up', () => {
    write('app/package.json')
    write('app/node_modules/one/package.json')
    write('node_modules/two/package.json')
    expect(codeFolders(write('app/src/agent.mjs'))).toEqual([
      join(base, 'app'),
      join(base, 'app', 'node_modules'),
      join(base, 'node_modules'),
    ])
  })

  test('is the file alone where it is in no package', () => {
    const file = write('agent.mjs')
    expect(codeFolders(file)).toEqual([file])
  })

  test('is never a home folder, nor one above it', () => {
    const file = join(homedir(), 'agent-that-is-not-there.mjs')
    expect(codeFolders(file)).not.toContain(homedir())
    expect(codeFolders(file)).not.toContain(dirname(homedir()))
    expect(codeFolders(file)).toContain(file)
  })

  test('is found where it is named and where it really is', () => {
    const file = write('real/agent.mjs')
    write('real/package.json')
    symlinkSync(join(base, 'real'), join(base, 'linked'))
    expect(codeFolders(join(base, 'linked', 'agent.mjs'))).toEqual([join(base, 'linked'), dirname(file)])
  })
})

test('the code of a step is a part of it', () => {
  const folder = realpathSync(join(import.meta.dirname, '..', '..'))
  expect(ownCode()).toContain(folder)
  expect(ownCode()).toContain(join(dirname(folder), 'agents'))
})

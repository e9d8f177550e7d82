import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findStoreFolder } from './find-store-folder.ts'
import { scratchFolder } from './fixtures/scratch.ts'

test('MAYFLY_HOME wins, relative to the working directory', () => {
  expect(findStoreFolder('/srv/project', { MAYFLY_HOME: '/var/mayfly' })).toBe('/var/mayfly')
  expect(findStoreFolder('/srv/project', { MAYFLY_HOME: 'state' })).toBe('/srv/project/state')
})

test('an empty MAYFLY_HOME counts as unset', () => {
  const folder = scratchFolder()
  mkdirSync(join(folder, '.git'))
  expect(findStoreFolder(folder, { MAYFLY_HOME: ' ' })).toBe(join(folder, '.mayfly'))
})

test('the git root above is found, also where .git is a file, and nothing is created', () => {
  const root = scratchFolder()
  const deep = join(root, 'packages', 'deep')
  mkdirSync(deep, { recursive: true })
  writeFileSync(join(root, '.git'), 'gitdir: elsewhere')
  expect(findStoreFolder(deep, {})).toBe(join(root, '.mayfly'))
  expect(existsSync(join(root, '.mayfly'))).toBe(false)
})

test('without a git root the store stands in the working directory', () => {
  const folder = scratchFolder()
  expect(findStoreFolder(folder, {})).toBe(join(folder, '.mayfly'))
})

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import { findCompileCache } from './compile-cache.ts'

const createBase = (): { base: string; own: string } => {
  const base = mkdtempSync(join(tmpdir(), 'mayfly-cache-test-'))
  return { base, own: join(base, `mayfly-${process.getuid?.()}`) }
}

describe('the folder of the compile cache', () => {
  test('is made for this user alone', () => {
    const { base, own } = createBase()
    expect(findCompileCache({}, base)).toEqual({ folder: join(own, 'compile-cache') })
    expect(statSync(own).mode & 0o777).toBe(0o700)
    expect(findCompileCache({}, base)).toEqual({ folder: join(own, 'compile-cache') })
  })

  test('is the one that the process has already', () => {
    expect(findCompileCache({ NODE_COMPILE_CACHE: '/some/where' })).toEqual({ folder: '/some/where' })
  })

  test('is none when Node is told to use none', () => {
    const environment = { NODE_COMPILE_CACHE: '/some/where', NODE_DISABLE_COMPILE_CACHE: '1' }
    expect(findCompileCache(environment)).toEqual({ folder: undefined })
  })

  test('is not one that others can write to', () => {
    const { base, own } = createBase()
    mkdirSync(own)
    chmodSync(own, 0o777)
    expect(findCompileCache({}, base)).toEqual({ problem: `${own} can be written by others` })
  })

  test('is not one behind a link', () => {
    const { base, own } = createBase()
    symlinkSync(mkdtempSync(join(tmpdir(), 'mayfly-cache-test-')), own)
    expect(findCompileCache({}, base)).toEqual({ problem: `${own} can be written by others` })
  })

  test('that cannot be made is told of', () => {
    const { base, own } = createBase()
    writeFileSync(own, '')
    expect(findCompileCache({}, base)).toMatchObject({ problem: expect.stringMatching(/EEXIST|ENOTDIR/) })
  })
})

describe('what a worker has compiled', () => {
  test.each(['thread', 'process'] as const)(
    'is kept when it is a %s, which is killed after its task',
    async (isolation) => {
      const folder = mkdtempSync(join(tmpdir(), 'mayfly-cache-test-'))
      vi.stubEnv('NODE_COMPILE_CACHE', folder)
      vi.stubEnv('NODE_DISABLE_COMPILE_CACHE', undefined)
      await using supervisor = new AgentSupervisor({ isolation })
      vi.unstubAllEnvs()
      const handler = { module: new URL('../fixtures/tasks.ts', import.meta.url).href, export: 'add' }
      await supervisor.run({ handler, input: [1, 2] })
      await supervisor.close()
      expect(
        readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
      ).not.toEqual([])
    },
  )
})

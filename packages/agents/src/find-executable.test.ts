import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findExecutable } from './find-executable.ts'
import { addProgram } from './fixtures/program.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'

describe('findExecutable', () => {
  it('takes the first folder of PATH in which the program may be run', async () => {
    await using folder = await openTemporaryFolder({ 'a/tool': 'not executable' })
    await mkdir(join(folder.path, 'b/tool'), { recursive: true })
    const path = await addProgram(folder, 'c/tool')
    await addProgram(folder, 'd/tool')
    const PATH = ['a', 'b', 'missing', 'c', 'd'].map((name) => join(folder.path, name)).join(':')
    expect(findExecutable('tool', { PATH }, '/')).toBe(path)
  })

  it('passes over folders of PATH that depend on where one stands', async () => {
    await using folder = await openTemporaryFolder()
    await addProgram(folder, 'tool')
    expect(findExecutable('tool', { PATH: ':.:' }, folder.path)).toBeUndefined()
  })

  it('takes a path from the folder that is given', async () => {
    await using folder = await openTemporaryFolder()
    const path = await addProgram(folder, 'bin/tool')
    expect(findExecutable('./bin/tool', {}, folder.path)).toBe(path)
    expect(findExecutable('./bin/other', {}, folder.path)).toBeUndefined()
    expect(findExecutable(path, {}, '/')).toBe(path)
  })
})

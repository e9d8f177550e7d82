import { once } from 'node:events'
import { lstat, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ArtifactNameError } from './agent-errors.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { openLocalContext } from './local-context.ts'

describe('openLocalContext', () => {
  it('writes an artifact with its size and checksum and leaves nothing else', async () => {
    await using folder = await openTemporaryFolder()
    using context = openLocalContext({ folder: join(folder.path, 'made') })
    const reference = await context.artifact('note.txt', 'abc')
    expect(reference).toEqual({
      name: 'note.txt',
      path: join(folder.path, 'made/note.txt'),
      size: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    })
    expect(await readdir(join(folder.path, 'made'))).toEqual(['note.txt'])
  })

  it('writes pieces as they come, and nothing when their source fails', async () => {
    await using folder = await openTemporaryFolder()
    using context = openLocalContext({ folder: folder.path })
    async function* pieces(fails: boolean): AsyncGenerator<Uint8Array> {
      yield Buffer.from('ab')
      if (fails) throw new RangeError('source')
      yield Buffer.from('c')
    }
    expect(await context.artifact('note.txt', pieces(false))).toMatchObject({
      size: 3,
      sha256: expect.stringMatching(/^ba7816bf/),
    })
    await expect(context.artifact('half.txt', pieces(true))).rejects.toThrow(RangeError)
    expect(await readdir(folder.path)).toEqual(['note.txt'])
  })

  it('replaces a symbolic link at the place of an artifact and does not write through it', async () => {
    await using folder = await openTemporaryFolder({ outside: 'untouched' })
    await symlink(join(folder.path, 'outside'), join(folder.path, 'note.txt'))
    using context = openLocalContext({ folder: folder.path })
    await context.artifact('note.txt', 'new')
    expect(await folder.read('outside')).toBe('untouched')
    expect((await lstat(join(folder.path, 'note.txt'))).isSymbolicLink()).toBe(false)
  })

  it.each(['', '.', '..', '../x', 'a/b', 'a\0b', 'x'.repeat(201)])('refuses the artifact name %j', async (name) => {
    await using folder = await openTemporaryFolder()
    using context = openLocalContext({ folder: folder.path })
    await expect(context.artifact(name, '')).rejects.toThrow(ArtifactNameError)
  })

  it('kills the children it started when it is disposed of', async () => {
    await using folder = await openTemporaryFolder()
    const context = openLocalContext({ folder: folder.path })
    const child = context.spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    await once(child, 'spawn')
    context[Symbol.dispose]()
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL'])
  })

  it('never lets a shell read an argument', async () => {
    await using folder = await openTemporaryFolder()
    using context = openLocalContext({ folder: folder.path })
    const code = 'process.stdout.write(process.argv[1])'
    const child = context.spawn(process.execPath, ['-e', code, '$(echo shell)'], { shell: true, stdio: 'pipe' })
    const output: string[] = []
    child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text))
    await once(child, 'close')
    expect(output.join('')).toBe('$(echo shell)')
  })
})

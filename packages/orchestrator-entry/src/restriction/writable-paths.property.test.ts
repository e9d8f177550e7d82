import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writablePaths } from './writable-paths.ts'

/* What Node makes of the paths, in processes of their own. */

const name = fc.oneof(
  fc.constantFrom(
    '.gitignore',
    '.github',
    '.gitmodules',
    '.git2',
    'state',
    'stats',
    'src',
    'src-gen',
    '@scope',
    'a*',
    'été',
    '-',
  ),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/[/\0]|^\.{1,2}$/.test(text) && text.isWellFormed()),
)

const workspace = fc.record({
  files: fc.uniqueArray(name, { maxLength: 8 }),
  folders: fc.uniqueArray(name, { maxLength: 8 }),
  store: fc.constantFrom('.mayfly', 'state', 'state/deep', '../elsewhere'),
})

const canWrite = (granted: readonly string[], asked: readonly string[]): readonly boolean[] => {
  const script = `process.stdout.write(JSON.stringify(${JSON.stringify(asked)}.map((path) => process.permission.has('fs.write', path))))`
  const args = ['--permission', ...granted.map((path) => `--allow-fs-write=${path}`), '--eval', script]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

test('everything that is there can be written to, but git and the store, whatever is beside them', async () => {
  await fc.assert(
    fc.asyncProperty(workspace, async ({ files, folders, store }) => {
      const base = mkdtempSync(join(tmpdir(), 'mayfly-writable-'))
      const folder = join(base, 'workspace')
      try {
        const present = folders.filter((entry) => !files.includes(entry))
        for (const entry of ['.git', ...present]) mkdirSync(join(folder, entry), { recursive: true })
        for (const entry of files) writeFileSync(join(folder, entry), '')
        const [top = ''] = store.split('/')
        const kept = ['.git', '.mayfly', top, '..'].flatMap((entry) => [entry, `${entry}/x`, `${entry}/x/y`])
        const free = (entry: string): boolean => !['.git', '.mayfly', top].includes(entry) && !entry.includes('*')
        const open = [...present.filter(free).map((entry) => `${entry}/new`), ...files.filter(free), 'New/file']
        const granted = await writablePaths(folder, join(folder, store))
        const at = (paths: readonly string[]) => paths.map((path) => join(folder, path))
        expect(canWrite(granted, at(kept))).toEqual(kept.map(() => false))
        expect(canWrite(granted, at(open))).toEqual(open.map(() => true))
      } finally {
        rmSync(base, { recursive: true })
      }
    }),
    { numRuns: 20 },
  )
})

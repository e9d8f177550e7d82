import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertGatePath, type Gate, writeGateFile } from './gate-file.ts'

const makeFolder = (): { readonly outside: string; readonly folder: string } => {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'mayfly-gate-')))
  const folder = join(outside, 'artifacts')
  mkdirSync(folder)
  return { outside, folder }
}

const gate: Gate = {
  run: 'run-1',
  step: 2,
  number: 1.5,
  name: 'review',
  status: 'failed',
  checks: [
    { name: 'schema', passed: true, problems: [] },
    { name: 'score', passed: false, problems: ['Expected at least 80, got 40.'] },
  ],
  score: 40,
  checkedAt: Date.UTC(2026, 0, 2),
}

describe('writeGateFile', () => {
  it('writes the gate where the workflow says, and again over it', async () => {
    const { folder } = makeFolder()
    const written = await writeGateFile(folder, './gates/run-1/00-plan.json', gate)
    const text = readFileSync(join(folder, 'gates', 'run-1', '00-plan.json'), 'utf8')
    expect(JSON.parse(text)).toEqual({ ...gate, checkedAt: '2026-01-02T00:00:00.000Z' })
    expect(written).toEqual({
      name: 'gates/run-1/00-plan.json',
      path: join(folder, 'gates', 'run-1', '00-plan.json'),
      size: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    })
    await writeGateFile(folder, 'gates/run-1/00-plan.json', { ...gate, status: 'passed' })
    expect(JSON.parse(readFileSync(written.path, 'utf8'))).toMatchObject({ status: 'passed' })
    expect(readdirSync(join(folder, 'gates', 'run-1'))).toEqual(['00-plan.json'])
  })

  it.each([
    ...[
      '',
      '.',
      '..',
      '../x.json',
      'a/../x.json',
      'a/../../x.json',
      '/etc/x.json',
      'a//x.json',
      'a/',
      'a/.',
      'a\0.json',
    ],
    ...['..\\x.json', 'a\nb.json', '\ud800.json', `${'x'.repeat(201)}.json`, 'é'.repeat(101), 'a/'.repeat(600)],
  ])('refuses the path %j', async (path) => {
    const { outside, folder } = makeFolder()
    await expect(writeGateFile(folder, path, gate)).rejects.toMatchObject({ code: 'GATE_PATH_INVALID', path })
    expect(() => assertGatePath(path)).toThrow('cannot be written')
    expect(readdirSync(outside, { recursive: true })).toEqual(['artifacts'])
  })

  it('follows no link, neither on the way nor at the end, and replaces nothing that is no file', async () => {
    const { outside, folder } = makeFolder()
    writeFileSync(join(outside, 'victim.json'), 'kept')
    mkdirSync(join(outside, 'target'))
    symlinkSync(join(outside, 'target'), join(folder, 'gates'))
    symlinkSync(join(outside, 'victim.json'), join(folder, 'link.json'))
    symlinkSync(join(outside, 'nowhere'), join(folder, 'dangling'))
    writeFileSync(join(folder, 'file'), '')
    mkdirSync(join(folder, 'folder.json'))
    for (const path of [
      'gates/x.json',
      'gates/deep/x.json',
      'link.json',
      'dangling',
      'dangling/x.json',
      'file/x.json',
      'folder.json',
    ]) {
      await expect(writeGateFile(folder, path, gate)).rejects.toMatchObject({ code: 'GATE_PATH_INVALID' })
    }
    expect(readFileSync(join(outside, 'victim.json'), 'utf8')).toBe('kept')
    expect(readdirSync(join(outside, 'target'))).toEqual([])
    expect(existsSync(join(outside, 'nowhere'))).toBe(false)
  })

  it('writes inside the folder or not at all, whatever the path is', async () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', 'b.json', '~', ' '),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    const anyPath = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('/'))
    await fc.assert(
      fc.asyncProperty(anyPath, async (path) => {
        const { outside, folder } = makeFolder()
        const written = await writeGateFile(folder, path, gate).catch((error: { code?: string }) => {
          expect(error.code).toBe('GATE_PATH_INVALID')
        })
        if (written !== undefined) expect(relative(folder, written.path)).toBe(written.name)
        expect(readdirSync(outside)).toEqual(['artifacts'])
      }),
    )
  })
})

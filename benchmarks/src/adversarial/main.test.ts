import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Matrix } from './matrix.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = (...args: string[]): Promise<Run> =>
  new Promise((resolve) => {
    const words = ['--conditions=@mayfly/source', '--no-warnings', main, ...args]
    execFile(process.execPath, words, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-adversarial-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('one task meets one subject: a JSON document, progress beside it and a summary for CI', async () => {
  const tap = join(folder, 'adversarial.tap')
  const args = ['--only', 'exit-0', '--only', 'leaves-child', '--subject', 'mayfly-thread', '--json', '--tap', tap]
  const { code, stdout, stderr } = await run(...args)
  expect(stderr).toContain('mayfly-thread, exit-0: failed exit')
  expect(code).toBe(0)
  const { records } = JSON.parse(stdout) as Matrix
  expect(records[0]).toMatchObject({
    subject: 'mayfly-thread',
    task: 'exit-0',
    report: { stage: 'leaving', answer: { outcome: { cause: 'exit', exitCode: 0 } }, next: { isFine: true } },
    end: { how: 'left', isExitStuck: false },
    processesLeft: [],
  })
  expect(await readFile(tap, 'utf8')).toMatch(/^# pass 2\n# fail 0$/m)
})

test('what a pool leaves behind is found, and the death of its process is told from an end', async () => {
  const args = ['--only', 'leaves-child', '--only', 'kill-sigterm', '--subject', 'raw-worker', '--json']
  const { code, stdout } = await run(...args)
  const { records } = JSON.parse(stdout) as Matrix
  expect(records.map(({ end }) => end.signal)).toEqual(['SIGTERM', null])
  expect(records[1]?.processesLeft).toEqual([expect.stringMatching(/^sleep 600\.\d+$/)])
  expect(code).toBe(0)
})

test('an unknown task is refused with exit code 2', async () => {
  const { code, stdout, stderr } = await run('--only', 'nothing')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Unknown task nothing. Known: exit-0, ')
})

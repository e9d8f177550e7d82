import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const [, example = ''] = /```js\n(.*?)```/s.exec(readFileSync(`${packageFolder}/README.md`, 'utf8')) ?? []

test('the example in the README is under 15 lines and prints what its comments say', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'mayfly-readme-'))
  mkdirSync(join(cwd, '.git'))
  const file = `${packageFolder}/readme-example.mjs`
  writeFileSync(file, example)
  try {
    const { USE_WORKERS: _flag, ...env } = process.env
    const printed = execFileSync(process.execPath, ['--conditions=@mayfly/source', file], {
      cwd,
      env,
      encoding: 'utf8',
    })
    const promised = Array.from(example.matchAll(/console\.log\(.*\) \/\/ (.*)/g), ([, comment]) => comment)
    expect(printed.trimEnd().split('\n')).toEqual(promised)
    expect(example.trimEnd().split('\n').length).toBeLessThan(15)
  } finally {
    rmSync(file)
    rmSync(cwd, { recursive: true })
  }
})

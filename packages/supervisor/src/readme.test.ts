import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const [, example = ''] = /```js\n(.*?)```/s.exec(readFileSync(`${packageFolder}/README.md`, 'utf8')) ?? []

test('the example in the README is at most 15 lines and prints what its comments say', () => {
  const file = `${packageFolder}/readme-example.mjs`
  writeFileSync(file, example)
  try {
    const printed = execFileSync(process.execPath, ['--conditions=@mayfly/source', file], { encoding: 'utf8' })
    const promised = Array.from(example.matchAll(/console\.log\(.*\) \/\/ (.*)/g), ([, comment]) => comment)
    expect(printed.trimEnd().split('\n')).toEqual(promised)
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(15)
  } finally {
    rmSync(file)
  }
})

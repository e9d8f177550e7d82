import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const [, example = ''] = /```js\n(.*?)```/s.exec(readFileSync(`${packageFolder}/README.md`, 'utf8')) ?? []

test('the example in the README is under 15 lines and prints what its comments say', () => {
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@mayfly/source', '--input-type=module', '--eval', example],
    { cwd: packageFolder, encoding: 'utf8' },
  )
  const promised = Array.from(example.matchAll(/console\.log\(.*\) \/\/ (.*)/g), ([, comment]) => comment)
  expect(printed.trimEnd().split('\n')).toEqual(promised)
  expect(example.trimEnd().split('\n').length).toBeLessThan(15)
})

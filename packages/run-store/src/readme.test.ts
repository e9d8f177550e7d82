import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scratchFolder } from './fixtures/scratch.ts'

test('the example of the README does what it says, in fewer than 15 lines', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ''
  expect(example.split('\n').length).toBeLessThan(15)

  const entry = new URL('./index.ts', import.meta.url).href
  const program = example.replace("'@mayfly/run-store'", JSON.stringify(entry))
  const args = ['--conditions=@mayfly/source', '--input-type=module-typescript', '--eval', program]
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: scratchFolder(), encoding: 'utf8' })
  expect({ stdout, status }).toEqual({ stdout: 'completed\n', status: 0 })
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('importing the package does nothing: no output, no file, no listener, nothing left to wait for', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'mayfly-import-'))
  const index = fileURLToPath(new URL('./index.ts', import.meta.url))
  const program = `
    const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)])
    const before = JSON.stringify(listeners())
    await import(${JSON.stringify(index)})
    if (JSON.stringify(listeners()) !== before) throw new Error('listeners were added')
    if (process.getActiveResourcesInfo().length > 0) throw new Error(process.getActiveResourcesInfo().join())`
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@mayfly/source', '--input-type=module', '--eval', program],
    { cwd, encoding: 'utf8', env: { ...process.env, USE_WORKERS: 'true' } },
  )
  expect(printed).toBe('')
  expect(readdirSync(cwd)).toEqual([])
})

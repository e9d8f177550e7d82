import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bin, executeMayfly } from './fixtures/execute-mayfly.ts'

test('an agent may run mayfly itself, which chooses its agent as it does anywhere', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'mayfly-cli-nested-'))
  mkdirSync(join(cwd, '.git'))
  const command = [process.execPath, bin, 'run', '--prompt', 'Plan the inner work', '--run-id', 'inner', '--quiet']
  writeFileSync(join(cwd, 'agents.yaml'), JSON.stringify({ agents: { outer: { command } } }))
  try {
    const outer = await executeMayfly(
      ['run', '--prompt', 'Have it done', '--agents-file', 'agents.yaml', '--agent', 'outer'],
      cwd,
    )
    expect(outer).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Run inner completed') })
    const { stdout } = await executeMayfly(['runs', 'show', 'inner', '--json'], cwd)
    expect(JSON.parse(stdout).steps).toMatchObject([{ agent: 'planner', status: 'completed' }])
  } finally {
    rmSync(cwd, { recursive: true })
  }
})

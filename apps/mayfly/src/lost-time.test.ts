import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { executeMayfly, fixtureAgent, MayflyProcess } from './fixtures/execute-mayfly.ts'

/* What a run may spend of time, when the process that worked on it is killed. */

const HOUR_MS = 3_600_000

let cwd: string
let gate: string

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-cli-lost-'))
  gate = join(cwd, 'gate')
  mkdirSync(join(cwd, '.git'))
  writeFileSync(join(cwd, 'flow.yaml'), 'name: flow\nsteps:\n  - { step: 0, name: Wait, agent: a }\n')
})

afterEach(() => rmSync(cwd, { recursive: true }))

/** As if all that is on record had been written an hour earlier. */
const letAnHourPass = (): void => {
  using database = new DatabaseSync(join(cwd, '.mayfly', 'mayfly.db'))
  const earlier = (...columns: string[]): string => columns.map((name) => `${name} = ${name} - ${HOUR_MS}`).join(', ')
  database.exec(`UPDATE runs SET ${earlier('created_at', 'started_at')};
    UPDATE sessions SET ${earlier('created_at')};
    UPDATE steps SET ${earlier('started_at')};
    UPDATE hosts SET ${earlier('opened_at', 'renewed_at')};`)
}

test.each([[], ['--repeatable', '--attempts', '2']])(
  'an hour in which nobody knew that its process was killed is not spent (%s)',
  async (...more) => {
    const args = [
      'run',
      '--all-steps',
      '--prompt',
      gate,
      '--run-id',
      'it',
      '--workflow',
      'flow.yaml',
      '--max-time',
      '1m',
    ]
    const first = new MayflyProcess([...args, '--agent', fixtureAgent('gated'), ...more], cwd)
    await first.saysInLog(/attempt 1 child/)
    first.child.kill('SIGKILL')
    await first.ended()
    letAnHourPass()
    writeFileSync(gate, '')
    const { exitCode, stderr } = await executeMayfly(['resume', 'it'], cwd)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const { spending } = JSON.parse((await executeMayfly(['runs', 'show', 'it', '--json'], cwd)).stdout)
    expect(spending.spent.wallMs).toBeGreaterThan(0)
    expect(spending.spent.wallMs).toBeLessThan(60_000)
  },
)

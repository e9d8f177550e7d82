import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findProcessesOf, findProcessesOfAgents, searchForKeys } from './leftovers.ts'
import { ScratchFolder } from './scratch-folder.ts'

let scratch: ScratchFolder

beforeEach(() => {
  scratch = new ScratchFolder()
})

afterEach(() => rmSync(scratch.path, { recursive: true }))

test('finds a process by its mark, and tells programs of agents from hosts', async () => {
  const sleep = (mark: string) => spawn('sleep', ['60'], { env: { ...process.env, MAYFLY_CLIENT: mark } })
  const [host, program] = [sleep(scratch.mark), sleep(`${scratch.mark}/claude:1`)]
  try {
    await Promise.all([once(host, 'spawn'), once(program, 'spawn')])
    expect(findProcessesOf(scratch)).toHaveLength(2)
    expect(findProcessesOfAgents(scratch)).toEqual([`${program.pid}: sleep 60`])
  } finally {
    for (const child of [host, program]) child.kill('SIGKILL')
  }
})

test('finds a process by the folder that it stands in', async () => {
  const child = spawn('sleep', ['60'], { cwd: join(scratch.path, 'runs'), env: {} })
  try {
    await once(child, 'spawn')
    expect(findProcessesOf(scratch)).toEqual([`${child.pid}: sleep 60`])
  } finally {
    child.kill('SIGKILL')
  }
})

test('finds a key wherever it stands, also across two pieces of a long file', async () => {
  const { SOAK_TOKEN = '' } = scratch.keys
  const folder = join(scratch.path, 'store', 'deep')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'harmless'), 'sk-soak-')
  expect((await searchForKeys(scratch)).found).toEqual([])
  writeFileSync(join(folder, 'long'), `${'x'.repeat(1024 ** 2 - 10)}${SOAK_TOKEN}`)
  expect((await searchForKeys(scratch)).found).toEqual([`SOAK_TOKEN in ${join(folder, 'long')}`])
})

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../session/outcome.ts'

const driver = fileURLToPath(new URL('../fixtures/survive.ts', import.meta.url))

/** In a process of its own, for a bomb that gets through takes the whole process with it. */
const survive = async (flags: string[], nodeOptions: string, task: string[]): Promise<Survival> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--conditions=@mayfly/source', '--no-warnings', driver, ...task],
    { env: { ...process.env, NODE_OPTIONS: nodeOptions } },
  )
  return JSON.parse(stdout) as Survival
}

interface Survival {
  readonly dangerous: Outcome
  readonly next: number
}

const bombs = [
  ['map', 'heap_soft'],
  ['dictionary', 'heap_soft'],
  ['joined string', 'heap_soft'],
  ['objects', 'heap_soft'],
  ['buffer', 'external'],
] as const

describe('a worker that eats memory dies alone, and the next task is fine', () => {
  test.each(bombs)('%s', async (bomb, cause) => {
    const { dangerous, next } = await survive([], '', ['bombs', bomb])
    expect(dangerous).toMatchObject({ status: 'failed', cause, phase: 'forced', fuse: 'set' })
    expect(next).toBe(3)
  })

  test.each(bombs)('%s, with a smaller --max-old-space-size in argv', async (bomb, cause) => {
    const { dangerous, next } = await survive(['--max-old-space-size=300'], '', ['bombs', bomb])
    expect(dangerous).toMatchObject({ status: 'failed', cause, fuse: 'restored' })
    expect(next).toBe(3)
  })

  test.each(bombs)('%s, with a larger --max-old-space-size in NODE_OPTIONS', async (bomb, cause) => {
    const { dangerous, next } = await survive([], '--max-old-space-size=8192', ['bombs', bomb])
    expect(dangerous).toMatchObject({ status: 'failed', cause, fuse: 'overridden' })
    expect(next).toBe(3)
  })
})

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRunStore } from '@mayfly/run-store'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import seed, * as entry from './index.ts'

/* The 21 test cases of the report that Mayfly was created from, each by its name. */

const agent = fileURLToPath(new URL('./fixtures/echo-agent.mjs', import.meta.url))

let cwd: string
let lines: string[]

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-seed-'))
  mkdirSync(join(cwd, '.git'))
  lines = []
  const note = (line: string): void => void lines.push(line)
  vi.stubEnv('USE_WORKERS', undefined)
  entry.configure({ cwd, agent, logger: { info: note, warn: note } })
})

afterEach(async () => {
  await entry.cleanup()
  vi.unstubAllEnvs()
  rmSync(cwd, { recursive: true })
})

describe('Feature Flag Behavior', () => {
  test('Workers disabled by default (USE_WORKERS=false)', async () => {
    expect(await entry.initializeSupervisor()).toBeNull()
    vi.stubEnv('USE_WORKERS', 'false')
    expect(await entry.initializeSupervisor()).toBeNull()
  })

  test('Workers enabled when USE_WORKERS=true', async () => {
    vi.stubEnv('USE_WORKERS', 'true')
    const supervisor = await entry.initializeSupervisor()
    expect(supervisor?.getMetrics()).toMatchObject({ maxWorkers: 4, activeWorkers: 0 })
  })

  test('Singleton supervisor instance across calls', async () => {
    vi.stubEnv('USE_WORKERS', 'true')
    const [first, second] = await Promise.all([entry.initializeSupervisor(), entry.initializeSupervisor()])
    expect(first).not.toBeNull()
    expect(second).toBe(first)
    expect(await entry.initializeSupervisor()).toBe(first)
  })
})

describe('Task Duration Heuristics', () => {
  test('"Implement feature" → long-running', () => {
    expect(entry.isLongRunningTask('Implement feature')).toBe(true)
  })

  test('"Refactor codebase" → long-running', () => {
    expect(entry.isLongRunningTask('Refactor codebase')).toBe(true)
  })

  test('"Analyze codebase" → long-running', () => {
    expect(entry.isLongRunningTask('Analyze codebase')).toBe(true)
  })

  test('"Fix bug" (low complexity) → short-running', () => {
    expect(entry.isLongRunningTask('Fix bug', 0.3)).toBe(false)
  })

  test('"Update README" → short-running', () => {
    expect(entry.isLongRunningTask('Update README')).toBe(false)
    expect(entry.isLongRunningTask('Update README', 0.3)).toBe(false)
  })

  test('"Add comment" → short-running', () => {
    expect(entry.isLongRunningTask('Add comment')).toBe(false)
    expect(entry.isLongRunningTask('Add comment', 0.3)).toBe(false)
  })

  test('Complexity threshold overrides (0.5 vs 0.7)', () => {
    expect(entry.isLongRunningTask('Look at the login page', 0.5)).toBe(false)
    expect(entry.isLongRunningTask('Look at the login page', 0.7)).toBe(true)
    expect(entry.isLongRunningTask('Look at the login page', 0.6)).toBe(false)
  })

  test('High complexity overrides short keywords', () => {
    expect(entry.isLongRunningTask('Fix bug', 0.8)).toBe(true)
  })
})

describe('Execution Mode Routing', () => {
  test('Legacy execution when workers disabled', async () => {
    const result = await entry.processUserPrompt('Implement user authentication')
    expect(result).toMatchObject({ executionMode: 'legacy', step0Result: { output: { inWorker: false } } })
    expect(lines).toContain('[Orchestrator Entry] Using legacy in-process execution (worker pattern disabled)')
  })

  test('Worker execution when enabled + long-running task', async () => {
    vi.stubEnv('USE_WORKERS', 'true')
    const result = await entry.processUserPrompt('Implement comprehensive authentication system')
    expect(result).toMatchObject({ executionMode: 'worker', step0Result: { output: { inWorker: true } } })
    expect(lines).toContain('[Orchestrator Entry] Using worker pattern for long-running task')
  })
})

describe('Complexity Mapping', () => {
  test.each([
    ['"high" → 0.8', 'high', 0.8],
    ['"medium" → 0.5', 'medium', 0.5],
    ['"low" → 0.3', 'low', 0.3],
  ] as const)('%s', async (_name, complexity, expected) => {
    expect(entry.complexityScore(complexity)).toBe(expected)
    const { runRecord } = await entry.processUserPrompt('Look at it', {}, { complexity })
    expect(runRecord.complexity).toBe(expected)
  })

  test('Undefined → 0.5 (default)', () => {
    expect(entry.complexityScore(undefined)).toBe(0.5)
  })
})

describe('Safe Rollback Validation', () => {
  test('No breaking changes when workers disabled', async () => {
    const result = await entry.processUserPrompt('Implement user authentication')
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining(['runId', 'routing', 'step0Result', 'runRecord', 'executionMode']),
    )
    vi.stubEnv('USE_WORKERS', 'true')
    await entry.processUserPrompt('Implement user authentication')
    vi.stubEnv('USE_WORKERS', 'false')
    const rolledBack = await entry.processUserPrompt('Implement user authentication')
    expect(rolledBack).toMatchObject({ executionMode: 'legacy', runRecord: { status: 'completed' } })
    expect(Object.keys(rolledBack)).toEqual(Object.keys(result))
  })

  test('Existing exports still available', () => {
    expect(Object.keys(seed)).toEqual([
      'processUserPrompt',
      'detectRuntime',
      'initializeSupervisor',
      'isLongRunningTask',
    ])
    for (const [name, exported] of Object.entries(seed)) expect(entry[name as keyof typeof seed]).toBe(exported)
  })
})

describe('Cleanup Handlers', () => {
  test('Cleanup handlers registered', () => {
    const count = (): number[] => (['exit', 'SIGINT', 'SIGTERM'] as const).map((event) => process.listenerCount(event))
    const before = count()
    const handlers = entry.installCleanupHandlers({ exit: () => {} })
    expect(count()).toEqual(before.map((listeners) => listeners + 1))
    handlers.remove()
    expect(count()).toEqual(before)
  })

  test('SIGINT handled gracefully', async () => {
    vi.stubEnv('USE_WORKERS', 'true')
    const waiting = fileURLToPath(new URL('./fixtures/waiting-agent.mjs', import.meta.url))
    const exited = Promise.withResolvers<number>()
    const handlers = entry.installCleanupHandlers({ exit: exited.resolve })
    const running = entry.processUserPrompt('Implement it', {
      runId: 'interrupted',
      agent: waiting,
      onProgress: () => process.emit('SIGINT'),
    })
    await expect(running).rejects.toMatchObject({ result: { runRecord: { status: 'interrupted' } } })
    expect(await exited.promise).toBe(130)
    handlers.remove()
    expect(lines).toContain('[Orchestrator Entry] Workers terminated')
    expect(lines).toContain('[Orchestrator Entry] Run store closed')
    expect(lines).toContain('[Orchestrator Entry] Cleanup completed')
    const store = await openRunStore({ path: join(cwd, '.mayfly', 'mayfly.db') })
    expect(await store.getRun('interrupted')).toMatchObject({ status: 'interrupted' })
    await store.close()
  })
})

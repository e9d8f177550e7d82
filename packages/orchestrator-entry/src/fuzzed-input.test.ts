import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readConfigFile } from './config-file.ts'
import { UsageError } from './errors.ts'
import { Orchestrator } from './orchestrator.ts'
import { parseStoredRequest } from './queue/stored-request.ts'
import { resolveSettings } from './settings.ts'

/* Whatever comes in: a correct result, or one error that says what was expected. */

const agent = fileURLToPath(new URL('./fixtures/echo-agent.mjs', import.meta.url))

let cwd: string
let orchestrator: Orchestrator

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-fuzzed-'))
  mkdirSync(join(cwd, '.git'))
  orchestrator = new Orchestrator({ cwd, environment: {}, agent })
})

afterEach(() => rmSync(join(cwd, 'mayfly.config.json'), { force: true }))

afterAll(async () => {
  await orchestrator.cleanup()
  rmSync(cwd, { recursive: true })
})

const codesOf = async (act: () => unknown): Promise<string | undefined> => {
  try {
    await act()
    return undefined
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

const anyText = fc.string({ unit: 'binary', maxLength: 300 })
const anyBytes = fc.uint8Array({ maxLength: 300 })
const nearlyJson = fc
  .json({ maxDepth: 2 })
  .chain((text) => fc.nat(text.length).map((cut) => Buffer.from(text.slice(0, cut))))

test('a configuration of any bytes is read, or refused with CONFIG_INVALID', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyBytes, nearlyJson), async (bytes) => {
      writeFileSync(join(cwd, 'mayfly.config.json'), bytes)
      expect([undefined, 'CONFIG_INVALID']).toContain(await codesOf(() => readConfigFile(cwd)))
    }),
  )
})

test('settings of any kind are taken, or refused with SETTING_INVALID', async () => {
  const names = [
    'attempts',
    'backoff',
    'deadline',
    'lease',
    'maxPerKey',
    'timeout',
    'maxWorkers',
    'heapLimitMb',
    'mode',
  ]
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.oneof(anyText, fc.anything()), async (name, value) => {
      const resolve = () => resolveSettings({ environment: {}, file: { [name]: value }, warn: () => {} })
      expect([undefined, 'SETTING_INVALID']).toContain(await codesOf(resolve))
    }),
  )
})

test('a stored request of any kind is understood, or refused with REQUEST_INVALID', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await codesOf(() => parseStoredRequest(value as never, 'it'))).toBe('REQUEST_INVALID')
    }),
  )
})

describe('an id', () => {
  test('of any kind is refused or unknown', async () => {
    const calls = [
      (id: string) => orchestrator.cancelRun(id),
      (id: string) => orchestrator.resumeRun(id),
      (id: string) => orchestrator.retryRun(id),
      (id: string) => orchestrator.watchRun(id).next(),
    ]
    await orchestrator.processUserPrompt('so that there is a store')
    await fc.assert(
      fc.asyncProperty(anyText, fc.constantFrom(...calls), async (id, call) => {
        expect(await codesOf(() => call(id))).toBe('RUN_NOT_FOUND')
      }),
      { numRuns: 50 },
    )
  })

  test('for a new run is a good one, or refused, and no file is written outside of the store', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText, fc.constantFrom('..', '.', 'a/b', '\0', '')), async (runId) => {
        const code = await codesOf(() => orchestrator.submitPrompt('x', { runId }))
        expect([undefined, 'RUN_ID_INVALID', 'RUN_EXISTS']).toContain(code)
        if (code === undefined) expect(runId).toMatch(/^[\w.-]+$/)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a prompt', () => {
  test.each(['legacy', 'worker'] as const)('of any characters reaches its agent unchanged in %s mode', async (mode) => {
    const prompts = ['\0', 'a\0b', '\uFFFD', '\u202Ereversed', '\x1b[2J', `${'é'.repeat(1000)}\n`, '{"__proto__": 1}']
    for (const prompt of prompts.map((text) => `x${text}`)) {
      const { artifacts, runRecord } = await orchestrator.processUserPrompt(prompt, { mode })
      expect(runRecord.prompt).toBe(prompt)
      expect(readFileSync(artifacts[0]?.path ?? '', 'utf8')).toBe(prompt)
    }
  })

  test('with half a character is kept as it is', async () => {
    const { runRecord } = await orchestrator.processUserPrompt('half \uD800 a character')
    expect(runRecord.prompt).toBe('half \uD800 a character')
  })

  test('of 10 MB is executed; a longer one is refused', async () => {
    const prompt = 'fix it '.repeat(1_428_571)
    const { artifacts, runRecord } = await orchestrator.processUserPrompt(prompt, { mode: 'worker' })
    expect(runRecord.prompt.length).toBe(prompt.length)
    expect(artifacts[0]?.size).toBe(prompt.length)
    await expect(orchestrator.processUserPrompt(`${prompt}${'x'.repeat(10)}`)).rejects.toBeInstanceOf(UsageError)
  })

  test('with any keys is accepted, or refused with SETTING_INVALID', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (idempotencyKey, concurrencyKey) => {
        const code = await codesOf(() => orchestrator.submitPrompt('x', { idempotencyKey, concurrencyKey }))
        expect([undefined, 'SETTING_INVALID']).toContain(code)
      }),
      { numRuns: 50 },
    )
  })
})

import { describe, expect, test } from 'vitest'
import { resolveSettings, type SettingInput } from './settings.ts'

const resolve = (input: Partial<SettingInput>) =>
  resolveSettings({ environment: {}, file: {}, warn: () => {}, ...input })

describe('settings', () => {
  test('have the seed’s defaults', () => {
    const { mode, isolation, maxWorkers, timeoutMs, heapLimitMb, workflow, agent } = resolve({})
    expect({ mode, isolation, maxWorkers, timeoutMs }).toEqual({
      isolation: { value: 'thread', source: 'default' },
      mode: { value: 'auto', source: 'default' },
      maxWorkers: { value: 4, source: 'default' },
      timeoutMs: { value: 600_000, source: 'default' },
    })
    for (const { value } of [heapLimitMb, workflow, agent]) expect(value).toBeUndefined()
  })

  test('an option beats the environment beats the file beats the default', () => {
    const environment = { MAYFLY_TIMEOUT: '2m', MAYFLY_MAX_WORKERS: '3' }
    const file = { timeout: '1m', maxWorkers: 2, heapLimitMb: 128 }
    const { timeoutMs, maxWorkers, heapLimitMb } = resolve({ options: { timeoutMs: '3m' }, environment, file })
    expect(timeoutMs).toEqual({ value: 180_000, source: 'option' })
    expect(maxWorkers).toEqual({ value: 3, source: 'environment' })
    expect(heapLimitMb).toEqual({ value: 128, source: 'file' })
  })

  test('the number of workers may follow the machine', () => {
    const environment = { MAYFLY_MAX_WORKERS: 'auto' }
    expect(resolve({ environment }).maxWorkers).toEqual({ value: 'auto', source: 'environment' })
  })

  test('an empty variable is unset', () => {
    expect(resolve({ environment: { MAYFLY_MODE: ' ' } }).mode.source).toBe('default')
  })

  test.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['250', 250],
  ])('the duration %s is %d ms', (text, expected) => {
    expect(resolve({ options: { timeoutMs: text } }).timeoutMs.value).toBe(expected)
  })

  test.each([
    [
      { options: { timeoutMs: 'soon' } },
      'Option timeoutMs (--timeout): expected a duration such as 90s, 10m, 2h, or milliseconds, got "soon".',
    ],
    [
      { options: { heapLimitMb: '-4' } },
      'Option heapLimitMb (--heap-limit): expected a number of megabytes, at least 16, got "-4".',
    ],
    [{ environment: { MAYFLY_MODE: 'fast' } }, 'MAYFLY_MODE: expected auto, legacy or worker, got "fast".'],
    [
      { file: { maxWorkers: 0 } },
      'mayfly.config.json: maxWorkers: expected auto, or a whole number from 1 to 1024, got 0.',
    ],
    [
      { file: { agent: 7 } },
      'mayfly.config.json: agent: expected the name of an agent, or the path of an agent module, got 7.',
    ],
  ])('says what was expected, what came and where: %j', (input, message) => {
    expect(() => resolve(input)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message }))
  })

  test('a file of the repository chooses names, never code', () => {
    const warnings: string[] = []
    const warn = (line: string): void => void warnings.push(line)
    const named = resolve({ file: { workflow: 'feature-flow', agent: 'planner' }, warn })
    expect([named.workflow.value, named.agent.value]).toEqual(['feature-flow', 'planner'])
    const code = resolve({ file: { workflow: './evil.yaml', agent: './evil.mjs' }, warn })
    expect([code.workflow.value, code.agent.value]).toEqual([undefined, undefined])
    expect(warnings).toHaveLength(2)
    expect(warnings[1]).toContain('./evil.mjs')
  })
})

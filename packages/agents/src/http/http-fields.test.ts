import { describe, expect, it } from 'vitest'
import { parseAgentDefinitions } from '../definition-schema.ts'
import { listAgents } from '../list-agents.ts'
import { reportsCost } from '../reporting.ts'
import { requiredEnvironment, secretVariables } from '../required-environment.ts'
import { resolveAgent } from '../resolve-agent.ts'

const whole = {
  provider: 'openai-compatible',
  model: 'qwen3-coder',
  baseUrl: 'http://127.0.0.1:11434/v1',
  apiKeyVariable: 'LOCAL_KEY',
  permission: 'full',
  limits: { maxCostUsd: 2 },
  maxSteps: 20,
  maxOutputTokens: 4_096,
  retry: { retries: 2, longestWaitMs: 5_000 },
  price: { inputPerMillion: 1, outputPerMillion: 2 },
  commands: [['pnpm', 'test']],
  commandTimeoutMs: 60_000,
  environment: ['NPM_TOKEN'],
}

describe('the description of an HTTP agent', () => {
  it('becomes a reference that is plain data', () => {
    const definitions = parseAgentDefinitions({ local: whole }, 'test')
    const reference = resolveAgent('local', '/', { definitions })
    expect(reference).toEqual({ kind: 'http', name: 'local', ...whole })
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference)
    expect(secretVariables(reference)).toEqual(['LOCAL_KEY', 'NPM_TOKEN'])
    expect(requiredEnvironment(reference)).toEqual(expect.arrayContaining(['PATH', 'LOCAL_KEY', 'NPM_TOKEN']))
    expect(reportsCost(reference)).toBe(true)
  })

  it.each([
    ['anthropic', {}, ['ANTHROPIC_API_KEY']],
    ['openai', {}, ['OPENAI_API_KEY']],
    ['openai-compatible', { baseUrl: 'http://127.0.0.1:1/v1' }, []],
  ])('needs for %s the key that is usual there', (provider, more, variables) => {
    const definitions = parseAgentDefinitions({ one: { provider, model: 'm', ...more } }, 'test')
    const reference = resolveAgent('one', '/', { definitions })
    expect(secretVariables(reference)).toEqual(variables)
    expect(reference).toMatchObject({ permission: 'edit' })
    expect(reportsCost(reference)).toBe(false)
  })

  it('is listed as not available while its key is not set', async () => {
    const definitions = parseAgentDefinitions({ one: { provider: 'anthropic', model: 'm' } }, 'test')
    const list = async (environment: Record<string, string>): Promise<unknown> =>
      (await listAgents({ definitions, environment, cwd: '/' })).find(({ name }) => name === 'one')
    expect(await list({})).toMatchObject({ isAvailable: false, reason: 'ANTHROPIC_API_KEY is not set', isPaid: true })
    expect(await list({ ANTHROPIC_API_KEY: 'key' })).toMatchObject({ isAvailable: true })
  })

  it.each([
    [{ provider: 'openai-compatible', baseUrl: undefined }, /one\.baseUrl: is needed/],
    [{ provider: 'gemini' }, /one\.provider/],
    [{ baseUrl: 'ftp://models' }, /one\.baseUrl/],
    [{ apiKeyVariable: 'sk-live-key' }, /one\.apiKeyVariable/],
    [{ commands: ['pnpm test'] }, /one\.commands\.0/],
    [{ commands: [[]] }, /one\.commands\.0/],
    [{ retry: { retries: -1 } }, /one\.retry\.retries/],
    [{ price: { inputPerMillion: 1 } }, /one\.price\.outputPerMillion/],
    [{ apiKey: 'sk-live-key' }, /apiKey/],
  ])('is refused with %j', (parts, words) => {
    const { baseUrl, ...rest } = { ...whole, ...parts }
    const one = { ...rest, ...(baseUrl === undefined ? {} : { baseUrl }) }
    expect(() => parseAgentDefinitions({ one }, 'test')).toThrow(words)
  })
})

import { describe, expect, it } from 'vitest'
import { clientNames } from './clients/client-name.ts'
import { requiredEnvironment, secretVariables } from './required-environment.ts'

const client = (name: (typeof clientNames)[number], model?: string) =>
  ({
    kind: 'client',
    name,
    client: name,
    command: '/x',
    permission: 'edit',
    ...(model !== undefined && { model }),
  }) as const

describe('requiredEnvironment', () => {
  it('gives each client its own keys and no other’s', () => {
    const keys = (name: (typeof clientNames)[number], model?: string): readonly string[] =>
      requiredEnvironment(client(name, model)).filter((variable) => /KEY$|TOKEN$/.test(variable))
    expect(keys('claude')).toEqual(['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'])
    expect(keys('codex')).toEqual(['CODEX_API_KEY', 'OPENAI_API_KEY'])
    expect(keys('gemini')).toEqual(['GEMINI_API_KEY', 'GOOGLE_API_KEY'])
    expect(keys('qwen')).toEqual(['OPENAI_API_KEY', 'DASHSCOPE_API_KEY'])
    expect(keys('cursor-agent')).toEqual(['CURSOR_API_KEY'])
    expect(keys('opencode')).toEqual(['OPENCODE_API_KEY'])
    expect(keys('opencode', 'anthropic/claude-sonnet-4-5')).toEqual(['OPENCODE_API_KEY', 'ANTHROPIC_API_KEY'])
  })

  it('holds every secret, and what shows that one runs inside a client', () => {
    for (const name of clientNames) {
      const needed = requiredEnvironment(client(name))
      expect(needed).toEqual(expect.arrayContaining([...secretVariables(client(name))]))
    }
    expect(requiredEnvironment(client('claude'))).toEqual(expect.arrayContaining(['CLAUDECODE', 'MAYFLY_CLIENT']))
  })

  it('gives a command what its description names, and a module nothing', () => {
    const command = { kind: 'command', name: 'c', command: '/x', arguments: [], environment: ['MY_TOKEN'] } as const
    expect(requiredEnvironment(command)).toContain('MY_TOKEN')
    expect(secretVariables(command)).toEqual(['MY_TOKEN'])
    expect(requiredEnvironment({ kind: 'module', name: 'm', url: 'file:///m.mjs' })).toEqual([])
  })
})

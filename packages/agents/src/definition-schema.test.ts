import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseAgentDefinitions } from './definition-schema.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { readAgentDefinitions } from './read-agent-definitions.ts'

const parsed = (yaml: string): unknown => parseAgentDefinitions(parse(yaml), 'agents.yaml')

describe('parseAgentDefinitions', () => {
  it('knows each kind by the word that only it has', () => {
    expect(
      parsed(`
        reviewer: { client: claude, model: opus, permission: read, limits: { maxCostUsd: 2 } }
        fix: { command: "npx prettier --write 'a b'", prompt: file }
        exact: { command: [./tool, "a b", "{{prompt}}"], prompt: argument, result: none }
        local: { provider: openai-compatible, model: qwen3, baseUrl: "http://127.0.0.1:1/v1", paid: false }
        mine:
          executable: my-agent
          arguments: [--json]
          permissionArguments: { edit: [], full: [--yes] }
          events:
            result: { where: { type: done } }
            text: { where: { type: text }, path: part.text, append: true }
            usage: { inputTokens: usage.in, sum: true }`),
    ).toMatchObject({
      reviewer: { kind: 'client', client: 'claude', model: 'opus', permission: 'read', limits: { maxCostUsd: 2 } },
      fix: { kind: 'command', command: ['npx', 'prettier', '--write', 'a b'], prompt: 'file' },
      exact: { kind: 'command', command: ['./tool', 'a b', '{{prompt}}'], result: 'none' },
      local: { kind: 'http', provider: 'openai-compatible', paid: false },
      mine: { kind: 'generic', executable: 'my-agent', permissionArguments: { edit: [], full: ['--yes'] } },
    })
  })

  it.each([
    ['x: { model: opus }', /x: expected one of client, command, provider, executable, module/],
    ['x: { client: nobody }', /x\.client: /],
    ['x: { client: claude, permision: full }', /permision/],
    ['x: { client: claude, permission: all }', /x\.permission/],
    ['x: { command: "a | b" }', /x\.command: .*quote it/],
    ['x: { command: [] }', /x\.command/],
    ['x: { command: [a, "{{promt}}"] }', /x: \{\{promt\}\} is not known/],
    ['x: { command: [a], prompt: argument }', /\{\{prompt\}\} has to stand/],
    ['x: { command: [a], environment: ["A B"] }', /x\.environment\.0/],
    ['x: { command: [a], limits: { timeoutMs: 0 } }', /x\.limits\.timeoutMs/],
    ['"../x": { command: [a] }', /\.\.\/x/],
    ['x: { executable: a, arguments: [], permissionArguments: {} }', /x\.events/],
    ['x: [1]', /x: /],
  ])('refuses %j', (yaml, message) => {
    expect(() => parsed(yaml)).toThrow(message)
    expect(() => parsed(yaml)).toThrow(expect.objectContaining({ code: 'AGENT_DEFINITION_INVALID' }))
  })
})

describe('readAgentDefinitions', () => {
  it('reads the agents of a YAML file, and nothing from an empty one', async () => {
    await using folder = await openTemporaryFolder({ 'a.yaml': 'agents:\n  x: { command: [a] }\n', 'b.yaml': '' })
    expect(await readAgentDefinitions(`${folder.path}/a.yaml`)).toEqual({ x: { kind: 'command', command: ['a'] } })
    expect(await readAgentDefinitions(`${folder.path}/b.yaml`)).toEqual({})
  })

  it('names the file that it cannot use', async () => {
    await using folder = await openTemporaryFolder({ 'a.yaml': 'agents: [', 'b.yaml': 'agents: 5' })
    for (const name of ['a.yaml', 'b.yaml', 'missing.yaml']) {
      await expect(readAgentDefinitions(`${folder.path}/${name}`)).rejects.toThrow(new RegExp(name.replace('.', '\\.')))
    }
  })
})

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { ClientFailureCode } from './agent-errors.ts'
import { clientFacts } from './clients/client-facts.ts'
import { clientNames } from './clients/client-name.ts'
import { parseAgentDefinitions } from './definition-schema.ts'

const page = await readFile(new URL('../../../docs/agents.md', import.meta.url), 'utf8')

describe('docs/agents.md', () => {
  it('shows descriptions that are understood', () => {
    const [example = ''] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml)
    const definitions = parseAgentDefinitions(parse(example).agents, 'docs/agents.md')
    expect(Object.values(definitions).map(({ kind }) => kind)).toEqual(['client', 'command', 'command', 'generic'])
  })

  it('names every key that a client gets, and what shows that one runs inside it', () => {
    for (const name of clientNames) {
      const { environment, insideVariables } = clientFacts[name]
      const keys = environment.secret.filter((variable) => !variable.endsWith('_CONTENT'))
      for (const variable of keys) expect(rowsOf(name).join()).toContain(`\`${variable}\``)
      expect(insideVariables.some((variable) => page.includes(`\`${variable}\``))).toBe(true)
    }
  })

  it('names every way to fail', () => {
    const codes: Record<ClientFailureCode, true> = {
      AGENT_CLIENT_ERROR: true,
      AGENT_EXIT: true,
      AGENT_NO_RESULT: true,
      AGENT_NO_ANSWER: true,
      AGENT_IDLE: true,
      AGENT_TIMEOUT: true,
      AGENT_LIMIT: true,
      AGENT_PERMISSION: true,
    }
    for (const code of Object.keys(codes)) expect(page).toContain(`| \`${code}\``)
  })
})

function rowsOf(name: string): readonly string[] {
  return page.split('\n').filter((line) => line.startsWith(`| ${name} `))
}

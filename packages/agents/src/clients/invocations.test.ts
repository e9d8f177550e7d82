import { describe, expect, it } from 'vitest'
import { AgentOptionError } from '../agent-errors.ts'
import { emptyReport } from '../agent-report.ts'
import { type ClientName, clientNames } from './client-name.ts'
import type { ClientCall, Invocation } from './client-profile.ts'
import { loadProfile } from './load-profile.ts'

async function invoke(client: ClientName, parts: Partial<ClientCall> = {}): Promise<Invocation> {
  const profile = await loadProfile({ kind: 'client', name: client, client, command: '/x', permission: 'edit' })
  return profile.invoke({
    ...{ agent: client, instructions: '--do it', promptFile: '/p', cwd: '/w', runId: 'run-1', permission: 'read' },
    ...{ model: undefined, previous: undefined, maxCostUsd: Number.POSITIVE_INFINITY, environment: {} },
    ...parts,
  })
}

/** What lets each client run commands on its own. */
const dangers: Readonly<Record<ClientName, RegExp>> = {
  claude: /Bash/,
  codex: /danger-full-access/,
  gemini: /yolo/,
  opencode: /--auto|"\*":"allow"/,
  qwen: /yolo/,
  'cursor-agent': /--force/,
}

const written = ({ arguments: words, environment }: Invocation): string =>
  `${words.join(' ')} ${JSON.stringify(environment)}`

describe.each(clientNames)('%s', (client) => {
  it('is told to run whatever it likes only with the permission "full"', async () => {
    expect(written(await invoke(client, { permission: 'full' }))).toMatch(dangers[client])
    expect(written(await invoke(client, { permission: 'read' }))).not.toMatch(dangers[client])
  })

  it('gets the prompt in a way that it cannot take for an option', async () => {
    const { arguments: words, input } = await invoke(client)
    expect(words).not.toContain('--do it')
    expect(input ?? words.at(-1)?.trim()).toBe('--do it')
  })

  it('gets a model and its own session when there are any', async () => {
    const previous = { ...emptyReport, sessionId: 'session-1' }
    const words = (await invoke(client, { model: 'some-model', previous })).arguments
    expect(words).toContain('some-model')
    expect(words).toContain('session-1')
    expect((await invoke(client)).arguments.join(' ')).not.toMatch(/resume|-s session/)
  })
})

describe('the permission "edit"', () => {
  it.each(clientNames.filter((client) => client !== 'cursor-agent'))(
    'lets %s run no command of its own',
    async (client) => {
      expect(written(await invoke(client, { permission: 'edit' }))).not.toMatch(dangers[client])
    },
  )

  it('is refused for cursor-agent, which cannot edit without running commands', async () => {
    await expect(invoke('cursor-agent', { permission: 'edit' })).rejects.toThrow(AgentOptionError)
  })
})

describe('an endpoint of one’s own', () => {
  it('is told to codex as a provider, with the name of the variable that has the key', async () => {
    const environment = { MAYFLY_CODEX_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_API_KEY: 'secret-key-1' }
    const text = written(await invoke('codex', { environment }))
    expect(text).toContain('base_url="http://127.0.0.1:1/v1",env_key="OPENAI_API_KEY"')
    expect(text).not.toContain('secret-key-1')
  })
})

describe('a limit on cost', () => {
  it('is told to claude, which keeps it too', async () => {
    const { arguments: words } = await invoke('claude', { maxCostUsd: 2.5 })
    expect(words.slice(words.indexOf('--max-budget-usd'))[1]).toBe('2.5')
  })
})

describe('cursor-agent', () => {
  it('refuses a prompt that is too long for an argument', async () => {
    await expect(invoke('cursor-agent', { instructions: 'x'.repeat(131_072) })).rejects.toThrow(/at most 131071 bytes/)
  })
})

import { describe, expect, it } from 'vitest'
import { AgentInsideError, AgentNotFoundError, AgentUnavailableError } from './agent-errors.ts'
import { type AgentChoice, type ChoiceOptions, chooseAgent } from './choose-agent.ts'
import { addProgram } from './fixtures/program.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { agentMark } from './process/agent-marker.ts'

/** With claude and codex installed, and nothing else. */
async function choose(specifier: string, options: Partial<ChoiceOptions> = {}): Promise<AgentChoice> {
  await using folder = await openTemporaryFolder()
  await addProgram(folder, 'claude')
  await addProgram(folder, 'codex')
  const environment = { PATH: folder.path, ...options.environment }
  return chooseAgent(specifier, { cwd: folder.path, ...options, environment })
}

describe('chooseAgent', () => {
  it('takes the agent that is named, also when it costs money', async () => {
    const choice = await choose('claude', { preferred: ['codex'] })
    expect(choice).toMatchObject({ source: 'named', reason: 'claude was named', reference: { client: 'claude' } })
    expect(choice.reference).toMatchObject({ kind: 'client', permission: 'edit' })
  })

  it('takes the planner when nothing is said', async () => {
    expect(await choose('auto')).toMatchObject({ source: 'default', reference: { kind: 'builtin', name: 'planner' } })
  })

  it('takes the first of the configured agents that is there, and says which it passed over', async () => {
    const choice = await choose('auto', { preferred: ['gemini', 'codex', 'claude'], allowPaid: true })
    expect(choice).toMatchObject({ source: 'configuration', reference: { client: 'codex' } })
    expect(choice.reason).toMatch(/prefers codex \(passed over: gemini: .*not installed/)
  })

  it('takes no agent that costs money and was not named, unless that is allowed', async () => {
    const definitions = { free: { kind: 'generic', executable: 'codex', paid: false } } as never
    const choice = await choose('auto', { preferred: ['claude', 'codex'] })
    expect(choice).toMatchObject({ source: 'default', reason: expect.stringContaining('claude: its work costs money') })
    expect(await choose('auto', { preferred: ['claude', 'free'], definitions })).toMatchObject({
      source: 'configuration',
    })
  })

  it('passes over a client inside of which this runs, and refuses it when it is named', async () => {
    const environment = { CLAUDECODE: '1' }
    const choice = await choose('auto', { preferred: ['claude', 'codex'], allowPaid: true, environment })
    expect(choice.reference).toMatchObject({ client: 'codex' })
    await expect(choose('claude', { environment })).rejects.toThrow(AgentInsideError)
    await expect(choose('claude', { environment })).rejects.toMatchObject({
      code: 'AGENT_SELF',
      variable: 'CLAUDECODE',
    })
  })

  it('knows by its own mark that this runs inside a client, which may have hidden it', async () => {
    const environment = { MAYFLY_CLIENT: agentMark('command', 'a', agentMark('codex', 'b', '')) }
    await expect(choose('codex', { environment })).rejects.toThrow(/MAYFLY_CLIENT is set/)
    expect((await choose('claude', { environment })).reference).toMatchObject({ client: 'claude' })
  })

  it('does not replace an agent that was named and is not there', async () => {
    await expect(choose('gemini')).rejects.toThrow(AgentUnavailableError)
    await expect(choose('nobody')).rejects.toThrow(AgentNotFoundError)
    await expect(choose('auto', { preferred: ['nobody'] })).rejects.toThrow(AgentNotFoundError)
  })

  it('hands on what was decided for the run', async () => {
    const { reference } = await choose('claude', { permission: 'full', model: 'opus', limits: { maxCostUsd: 1 } })
    expect(reference).toMatchObject({ permission: 'full', model: 'opus', limits: { maxCostUsd: 1 } })
  })
})

import { describe, expect, it } from 'vitest'
import { addProgram } from './fixtures/program.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { type AgentListing, listAgents } from './list-agents.ts'

function named(listings: readonly AgentListing[], name: string): AgentListing | undefined {
  return listings.find((listing) => listing.name === name)
}

describe('listAgents', () => {
  it('says what is there, what is not and why, and runs nothing', async () => {
    await using folder = await openTemporaryFolder()
    const path = await addProgram(folder, 'claude', `touch ${folder.path}/was-run`)
    const listings = await listAgents({ environment: { PATH: folder.path }, cwd: folder.path })
    expect(listings.map(({ name }) => name)).toEqual([
      'planner',
      'claude',
      'codex',
      'gemini',
      'opencode',
      'qwen',
      'cursor-agent',
    ])
    expect(named(listings, 'planner')).toMatchObject({ isAvailable: true, isPaid: false, kind: 'builtin' })
    expect(named(listings, 'claude')).toMatchObject({ isAvailable: true, isPaid: true, path, version: null })
    expect(named(listings, 'codex')).toMatchObject({ isAvailable: false, reason: 'codex is not on PATH', path: null })
    await expect(folder.read('was-run')).rejects.toThrow(/ENOENT/)
  })

  it('asks for versions when told to, without any key, and does not wait for a program that hangs', async () => {
    await using folder = await openTemporaryFolder()
    await addProgram(folder, 'claude', 'echo "2.1.330 (Claude Code) $ANTHROPIC_API_KEY"')
    await addProgram(folder, 'codex', `echo "codex-cli 0.169.0-beta.1"`)
    await addProgram(folder, 'gemini', 'trap "" TERM; sleep 600')
    await addProgram(folder, 'qwen', 'echo 1.2.3; exit 1')
    const PATH = `${folder.path}:${process.env['PATH']}`
    const environment = { PATH, ANTHROPIC_API_KEY: '9.9.9' }
    const listings = await listAgents({ environment, cwd: folder.path, versions: true })
    const versions = ['claude', 'codex', 'gemini', 'qwen'].map((name) => named(listings, name)?.version)
    expect(versions).toEqual(['2.1.330', '0.169.0-beta.1', null, null])
  })

  it('puts what configuration describes first, also in the place of a known client', async () => {
    await using folder = await openTemporaryFolder()
    const path = await addProgram(folder, 'my-claude')
    const listings = await listAgents({
      environment: { PATH: folder.path },
      cwd: folder.path,
      definitions: {
        claude: { kind: 'client', client: 'claude', executable: './my-claude' },
        fix: { kind: 'command', command: ['./my-claude', 'x'], paid: true },
        local: { kind: 'http', provider: 'openai-compatible', model: 'm', paid: false },
      },
    })
    expect(listings.map(({ name }) => name).slice(0, 5)).toEqual(['planner', 'claude', 'fix', 'local', 'codex'])
    expect(named(listings, 'claude')).toMatchObject({ path, isAvailable: true })
    expect(named(listings, 'fix')).toMatchObject({ kind: 'command', isPaid: true, description: './my-claude x' })
    expect(named(listings, 'local')).toMatchObject({ kind: 'http', isPaid: false, isAvailable: true })
  })

  it('says that a client cannot be used from inside itself', async () => {
    await using folder = await openTemporaryFolder()
    await addProgram(folder, 'claude')
    const environment = { PATH: folder.path, CLAUDECODE: '1' }
    const listings = await listAgents({ environment, cwd: folder.path })
    expect(named(listings, 'claude')).toMatchObject({
      isAvailable: false,
      reason: expect.stringContaining('CLAUDECODE'),
    })
  })
})

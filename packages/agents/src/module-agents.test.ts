import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { chooseAgent } from './choose-agent.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { listAgents } from './list-agents.ts'
import { loadAgent } from './load-agent.ts'
import { restrictionOf } from './module-permission.ts'
import { readAgentDefinitions } from './read-agent-definitions.ts'
import { requiredEnvironment, secretVariables } from './required-environment.ts'
import { resolveAgent } from './resolve-agent.ts'

const files = {
  'team/agents.yaml':
    'agents:\n' +
    '  mine: { module: ./mine.mjs, permission: read, environment: [MY_KEY], description: Does it }\n' +
    '  paid: { module: ./mine.mjs, paid: true }\n' +
    '  gone: { module: gone.mjs }\n',
  'team/mine.mjs': 'export default () => 1',
}

describe('a module that is described', () => {
  it('is found from the file that describes it, with what it is told and may do', async () => {
    await using folder = await openTemporaryFolder(files)
    const definitions = await readAgentDefinitions(join(folder.path, 'team', 'agents.yaml'))
    const reference = resolveAgent('mine', '/', { definitions })
    expect(reference).toEqual({
      kind: 'module',
      name: 'mine',
      url: pathToFileURL(join(folder.path, 'team', 'mine.mjs')).href,
      permission: 'read',
      environment: ['MY_KEY'],
    })
    expect(requiredEnvironment(reference)).toEqual(['MY_KEY'])
    expect(secretVariables(reference)).toEqual(['MY_KEY'])
  })

  it('may do what was decided for the run, whatever its description says', async () => {
    await using folder = await openTemporaryFolder(files)
    const definitions = await readAgentDefinitions(join(folder.path, 'team', 'agents.yaml'))
    const decided = (permission: 'edit' | 'full') => resolveAgent('mine', '/', { definitions, permission })
    expect(restrictionOf(decided('edit'))).toBe('edit')
    expect(restrictionOf(decided('full'))).toBeNull()
    expect(restrictionOf(resolveAgent('paid', '/', { definitions }))).toBeNull()
  })

  it('is listed with its place, and with the reason when it is not there', async () => {
    await using folder = await openTemporaryFolder(files)
    const definitions = await readAgentDefinitions(join(folder.path, 'team', 'agents.yaml'))
    const listed = await listAgents({ environment: {}, cwd: '/', definitions, versions: true })
    const [mine, paid, gone] = ['mine', 'paid', 'gone'].map((name) => listed.find((agent) => agent.name === name))
    const path = join(folder.path, 'team', 'mine.mjs')
    expect(mine).toEqual({
      ...{ name: 'mine', kind: 'module', description: 'Does it', path, version: null },
      ...{ isAvailable: true, reason: null, isPaid: false },
    })
    expect(paid?.isPaid).toBe(true)
    expect(gone).toMatchObject({ isAvailable: false, reason: expect.stringContaining('there is no file') })
    expect(() => resolveAgent('gone', '/', { definitions })).toThrow(
      expect.objectContaining({ code: 'AGENT_UNAVAILABLE' }),
    )
  })

  it.each([
    ['limits: { timeoutMs: 5 }', /x: Unrecognized key: "limits"/],
    ['permission: write', /x\.permission/],
    ['environment: ["A B"]', /is no name of an environment variable/],
  ])('is refused with %s', async (more, message) => {
    await using folder = await openTemporaryFolder({ 'agents.yaml': `agents: { x: { module: ./x.mjs, ${more} } }` })
    const read = readAgentDefinitions(join(folder.path, 'agents.yaml'))
    await expect(read).rejects.toMatchObject({
      code: 'AGENT_DEFINITION_INVALID',
      message: expect.stringMatching(message),
    })
  })
})

describe('a permission', () => {
  it('stands in the reason of the choice, and that nothing keeps a command to it', async () => {
    await using folder = await openTemporaryFolder(files)
    const definitions = { ls: { kind: 'command', command: ['ls'] } } as const
    const choose = (name: string, permission?: 'read') =>
      chooseAgent(name, { cwd: join(folder.path, 'team'), definitions, permission }).reason
    expect(choose('./mine.mjs', 'read')).toBe('./mine.mjs was named; it is kept to "read"')
    expect(choose('./mine.mjs')).toBe('./mine.mjs was named')
    expect(choose('ls', 'read')).toBe('ls was named; nothing keeps a command to "read"')
  })

  it('keeps a module from being imported where nothing restricts it', async () => {
    await using folder = await openTemporaryFolder({ 'mark.mjs': 'globalThis.marked = true; export default () => 1' })
    const load = loadAgent(resolveAgent('./mark.mjs', folder.path, { permission: 'edit' }))
    await expect(load).rejects.toMatchObject({ code: 'AGENT_OPTION_UNSUPPORTED', option: 'permission' })
    expect(globalThis).not.toHaveProperty('marked')
  })

  it.each([
    [[], 'loaded'],
    [['--allow-child-process'], 'AGENT_OPTION_UNSUPPORTED'],
    [['--allow-worker'], 'AGENT_OPTION_UNSUPPORTED'],
  ])('is taken for kept by a process that Node restricts, with %j', async (more, expected) => {
    await using folder = await openTemporaryFolder({ 'mine.mjs': 'export default () => 1' })
    const script = `
      const { loadAgent, resolveAgent } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))})
      const reference = resolveAgent('./mine.mjs', ${JSON.stringify(folder.path)}, { permission: 'read' })
      console.log(await loadAgent(reference).then(() => 'loaded', ({ code }) => code))`
    const args = ['--permission', '--allow-fs-read=*', ...more, '--input-type=module', '--eval', script]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(stdout.trim()).toBe(expected)
  })
})

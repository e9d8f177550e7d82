import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AgentNotFoundError } from './agent-errors.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { resolveAgent } from './resolve-agent.ts'

describe('resolveAgent', () => {
  it('finds the built-in planner by its name, also beside a file that is called so', async () => {
    await using folder = await openTemporaryFolder({ planner: 'export default () => 1' })
    expect(resolveAgent('planner', folder.path)).toEqual({ kind: 'builtin', name: 'planner' })
  })

  it('finds a module by a relative path, a bare file name, an absolute path and a file URL', async () => {
    await using folder = await openTemporaryFolder({ 'tools/my agent.mjs': 'export default () => 1' })
    const path = join(folder.path, 'tools/my agent.mjs')
    const expected = { kind: 'module', name: 'my agent', url: pathToFileURL(path).href }
    expect(resolveAgent('./tools/my agent.mjs', folder.path)).toEqual(expected)
    expect(resolveAgent('../tools/my agent.mjs', join(folder.path, 'tools'))).toEqual(expected)
    expect(resolveAgent('my agent.mjs', join(folder.path, 'tools'))).toEqual(expected)
    expect(resolveAgent(path, '/')).toEqual(expected)
    expect(resolveAgent(pathToFileURL(path).href, '/')).toEqual(expected)
  })

  it('gives a reference that survives being cloned into a worker', async () => {
    await using folder = await openTemporaryFolder({ 'x.ts': '' })
    const reference = resolveAgent('./x.ts', folder.path)
    expect(structuredClone(reference)).toEqual(reference)
  })

  it('says what exists and what to do for a name that nobody has', () => {
    const attempt = (): unknown => resolveAgent('plannner', '/')
    expect(attempt).toThrow(AgentNotFoundError)
    expect(attempt).toThrow(/"plannner".*planner.*\.\/agent\.mjs/)
    expect(attempt).toThrow(expect.objectContaining({ code: 'AGENT_NOT_FOUND', specifier: 'plannner' }))
  })

  it.each(['./missing.mjs', './', '', 'file://elsewhere.example/x.mjs', '/dev/null/x.mjs', './a\0.mjs'])(
    'refuses %j, which is no file',
    async (specifier) => {
      await using folder = await openTemporaryFolder()
      expect(() => resolveAgent(specifier, folder.path)).toThrow(AgentNotFoundError)
    },
  )
})

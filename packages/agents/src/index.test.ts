import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

describe('the package', () => {
  it('loads neither the planner nor a dependency until an agent is loaded', async () => {
    const script = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
      const { loadAgent, resolveAgent } = await import('@mayfly/agents')
      const first = loaded.splice(0)
      await loadAgent(resolveAgent('planner', '/'))
      const then = loaded.splice(0)
      await loadAgent({ kind: 'http', name: 'helper', provider: 'anthropic', model: 'm', permission: 'read' })
      process.stdout.write(JSON.stringify({ first, then, last: loaded }))`
    const args = ['--conditions=@mayfly/source', '--input-type=module', '--eval', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageFolder })
    const { first, then, last } = JSON.parse(stdout) as {
      readonly first: readonly string[]
      readonly then: readonly string[]
      readonly last: readonly string[]
    }
    expect(first.filter((url) => !url.startsWith('node:') && /node_modules|\/planner\/|plan-schema/.test(url))).toEqual(
      [],
    )
    expect(then.some((url) => url.includes('/planner/planner.ts'))).toBe(true)
    expect(then.some((url) => url.includes('/zod/'))).toBe(true)
    const sdk = /node_modules\/(ai|@ai-sdk)\//
    expect(then.filter((url) => sdk.test(url))).toEqual([])
    expect(last.some((url) => sdk.test(url))).toBe(true)
  })
})

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const prologue = `
  import { registerHooks } from 'node:module'
  const loaded = new Set()
  registerHooks({ load(url, context, next) {
    for (const name of ['ajv', 'cel-js']) if (url.includes('/node_modules/') && url.includes(name)) loaded.add(name)
    return next(url, context)
  } })
  const workflows = await import('@mayfly/workflows')
  const one = (more) => workflows.planWorkflow(workflows.parseWorkflow(JSON.stringify({ name: 'x', steps: [{ step: 0, name: 'S', agent: 'a', ...more }] }), 'f'))
`

/** What a fresh process has loaded of what costs time, after it did something. */
function loadedAfter(code: string): string {
  const script = `${prologue}\n${code}\nconsole.log([...loaded].join())`
  const options = ['--conditions=@mayfly/source', '--input-type=module', '--eval', script]
  return execFileSync(process.execPath, options, { cwd: packageFolder, encoding: 'utf8' }).trim()
}

test.each([
  ['nothing but the import', '', ''],
  ['a plan without conditions', 'one({})', ''],
  ['a plan with a condition', 'one({ condition: "true == true" })', 'cel-js'],
  ['a look at an output', 'workflows.validateOutput({}, 1)', 'ajv'],
])('%s loads what it needs and no more', (_name, code, loaded) => {
  expect(loadedAfter(code)).toBe(loaded)
})

import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CatalogueEntry, listWorkflows } from './catalogue.ts'
import { routePrompt } from './route-prompt.ts'

let catalogue: readonly CatalogueEntry[]

beforeAll(async () => {
  catalogue = await listWorkflows()
})

describe('the workflow', () => {
  test.each([
    ['Implement user authentication', 'feature-flow', 'medium'],
    ['Implement comprehensive authentication system', 'feature-flow', 'high'],
    ['Build a settings page with dark mode', 'feature-flow', 'medium'],
    ['Create a dashboard for administrators', 'feature-flow', 'medium'],
    ['IMPLEMENTING: search', 'feature-flow', 'medium'],
    ['Fix login button bug', 'quick-flow', 'low'],
    ['Update README', 'quick-flow', 'low'],
    ['Add comment', 'quick-flow', 'low'],
    ['Please rename getUser to findUser', 'quick-flow', 'low'],
    ['There is a typo in the footer', 'quick-flow', 'low'],
    ['Refactor codebase', 'code-quality-flow', 'medium'],
    ['Analyze the whole codebase', 'code-quality-flow', 'high'],
    ['Clean up the dead code in utils', 'code-quality-flow', 'medium'],
    ['Refactor the function that fixes dates', 'code-quality-flow', 'medium'],
    ['Migrate database to PostgreSQL', 'migration-flow', 'high'],
    ['Upgrade to React 19', 'migration-flow', 'high'],
    ['We need to move to pnpm', 'migration-flow', 'high'],
    ['Production outage: users cannot log in', 'incident-flow', 'high'],
    ['The API is down since 10:00', 'incident-flow', 'high'],
    ['Fix the production outage', 'incident-flow', 'high'],
    ["Users can't log in!", 'incident-flow', 'high'],
  ])('of %j is %s, complexity %s', (prompt, workflow, complexity) => {
    const routing = routePrompt(prompt, catalogue)
    expect(routing).toMatchObject({ workflow, complexity, overridden: false })
    expect(routing.workflowPath).toBe(catalogue.find(({ name }) => name === workflow)?.path)
    for (const keyword of routing.matchedKeywords) expect(routing.reason).toContain(`"${keyword}"`)
    expect(routing.matchedKeywords).not.toEqual([])
  })

  test.each(['', 'test', 'prefixed debugger implementers', 'Wie geht es dir?', 'roll. back'])(
    'of %j is the default, with the confidence of a guess',
    (prompt) => {
      expect(routePrompt(prompt, catalogue)).toMatchObject({
        workflow: 'feature-flow',
        matchedKeywords: [],
        confidence: 0.2,
      })
    },
  )

  test('is less certain the more speaks for another', () => {
    const [alone, disputed] = ['Fix the typo', 'Fix the typo in the migration'].map((prompt) =>
      routePrompt(prompt, catalogue),
    )
    expect(disputed?.workflow).toBe('quick-flow')
    expect(disputed?.confidence).toBeLessThan(alone?.confidence ?? 0)
  })

  test('goes to the higher priority when as much speaks for both, whatever the order', () => {
    const entry = (name: string, priority: number): CatalogueEntry => ({
      ...{ name, priority, description: '', path: `/${name}.yaml`, complexity: 'low', keywords: ['paint'] },
    })
    const entries = [entry('low', 1), entry('high', 2)]
    for (const order of [entries, entries.toReversed()]) expect(routePrompt('paint it', order).workflow).toBe('high')
  })
})

describe('the complexity', () => {
  test.each([
    ['Fix the bug', 'low'],
    ['Fix every bug in the entire system', 'medium'],
    ['Implement a simple button', 'low'],
    ['Implement login, write the docs and add tests', 'medium'],
    ['Implement it:\n- add a page\n- write docs\n- test it\n- deploy it\n- review it', 'high'],
    [`Implement this. ${'It has a story. '.repeat(60)}`, 'high'],
  ])('of %j is %s', (prompt, complexity) => {
    expect(routePrompt(prompt, catalogue).complexity).toBe(complexity)
  })
})

describe('the caller', () => {
  test('chooses the workflow, by name or by path', () => {
    const expected = { workflow: 'incident-flow', overridden: true, confidence: 1 }
    expect(routePrompt('Fix a typo', catalogue, { workflow: 'incident-flow' })).toMatchObject(expected)
    const path = catalogue.find(({ name }) => name === 'incident-flow')?.path
    expect(routePrompt('Fix a typo', catalogue, { workflow: path })).toMatchObject(expected)
  })

  test('chooses the complexity', () => {
    const routing = routePrompt('Fix a typo', catalogue, { complexity: 'high' })
    expect(routing).toMatchObject({ workflow: 'quick-flow', complexity: 'high', overridden: true })
    expect(routing.reason).toContain('the caller said so')
  })

  test('who chooses nothing overrides nothing', () => {
    const nothing = { workflow: undefined, complexity: undefined }
    expect(routePrompt('Fix a typo', catalogue, nothing)).toEqual(routePrompt('Fix a typo', catalogue))
  })

  test('is told which workflows and complexities exist', () => {
    expect(() => routePrompt('x', catalogue, { workflow: 'gone' })).toThrow(
      expect.objectContaining({ code: 'WORKFLOW_UNKNOWN', known: catalogue.map(({ name }) => name) }),
    )
    expect(() => routePrompt('x', catalogue, { complexity: 'huge' as never })).toThrow(
      expect.objectContaining({ code: 'COMPLEXITY_UNKNOWN' }),
    )
    expect(() => routePrompt('x', [])).toThrow(expect.objectContaining({ code: 'WORKFLOW_UNKNOWN' }))
  })
})

test('any prompt gets a workflow of the catalogue, a reason and a confidence between 0 and 1', () => {
  const words = fc.constantFrom('fix', 'Implementing', 'migrations', 'outage', 'is down', 'codebase', 'x', ', ', '\n- ')
  const prompts = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(words).map((list) => list.join(' ')),
  )
  fc.assert(
    fc.property(prompts, (prompt) => {
      const { workflow, reason, confidence } = routePrompt(prompt, catalogue)
      expect(catalogue.map(({ name }) => name)).toContain(workflow)
      expect(reason).toContain(workflow)
      expect(confidence).toBeGreaterThan(0)
      expect(confidence).toBeLessThan(1)
    }),
  )
})

test.each(['a', 'fix ', 'is down ', 'cannot log ', '- ', '\n', ' ', 's'])('a megabyte of %j is routed', (unit) => {
  expect(routePrompt(unit.repeat(1_000_000 / unit.length), catalogue).reason).not.toBe('')
})

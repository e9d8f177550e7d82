import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { Orchestrator } from '../orchestrator.ts'

/* What a step of a whole run reads: counted at the door of SQLite, for a whole workflow from the call to its answer. */

const agent = fileURLToPath(new URL('../fixtures/team-agent.mjs', import.meta.url))

interface Reads {
  readonly statements: number
  readonly rows: number
  readonly bytes: number
}

interface Watched extends Reads {
  /** How often each was executed. */
  readonly executed: ReadonlyMap<string, number>
}

type Shape = 'chain' | 'wide' | 'join' | 'with conditions'

const stepOf: Readonly<Record<Shape, (step: number, count: number) => string>> = {
  chain: () => '',
  wide: () => ', needs: []',
  join: (step, count) => (step < count - 1 ? ', needs: []' : ''),
  'with conditions': (step) => (step === 0 ? '' : `, condition: "outputs['Step ${step - 1}'].done != 'x'"`),
}

const toYaml = (shape: Shape, count: number): string =>
  `name: flow\nsteps:\n${Array.from({ length: count }, (_, step) => `  - { step: ${step}, name: Step ${step}, agent: a${stepOf[shape](step, count)} }\n`).join('')}`

/** Executes a workflow in place, with a budget that it does not reach; `look` sees its store after that. */
const execute = async (yaml: string, look: (store: string, watched: Watched) => void = () => {}): Promise<Watched> => {
  const cwd = mkdtempSync(join(tmpdir(), 'mayfly-cost-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  mkdirSync(join(cwd, '.git'))
  const workflow = join(cwd, 'flow.yaml')
  writeFileSync(workflow, yaml)
  const watch = watchStatements()
  const orchestrator = new Orchestrator({
    ...{ cwd, agent, mode: 'legacy', steps: 'all', environment: {}, maxAttempts: 10_000 },
  })
  try {
    const { runRecord } = await orchestrator.processUserPrompt('Do nothing', {}, { workflow })
    expect(runRecord.status).toBe('completed')
  } finally {
    watch.stop()
    await orchestrator.cleanup()
  }
  look(join(cwd, '.mayfly', 'mayfly.db'), watch.seen())
  return watch.seen()
}

const methods = ['all', 'get', 'run'] as const

const watchStatements = (): { readonly stop: () => void; readonly seen: () => Watched } => {
  const executed = new Map<string, number>()
  let [rows, bytes] = [0, 0]
  const originals = methods.map((method) => [method, StatementSync.prototype[method]] as const)
  const note = (sql: string, answer: unknown): void => {
    executed.set(sql, (executed.get(sql) ?? 0) + 1)
    const read = Array.isArray(answer) ? answer : answer === undefined ? [] : [answer]
    rows += read.length
    for (const row of read) for (const cell of Object.values(row as object)) bytes += String(cell).length
  }
  for (const [method, original] of originals)
    Object.assign(StatementSync.prototype, {
      [method](this: StatementSync, ...parameters: unknown[]): unknown {
        const answer = Reflect.apply(original, this, parameters) as unknown
        // What `run` answers with is no row.
        note(this.sourceSQL, method === 'run' ? undefined : answer)
        return answer
      },
    })
  const sum = (): number => [...executed.values()].reduce((total, times) => total + times, 0)
  return {
    stop: () => Object.assign(StatementSync.prototype, Object.fromEntries(originals)),
    seen: () => ({ statements: sum(), rows, bytes, executed }),
  }
}

const [FEW, MANY] = [20, 200]

/** What each of the steps takes that a larger workflow has more than a smaller one. */
const readPerStep = (few: Watched, many: Watched): Reads => {
  const perStep = (what: keyof Reads): number => (many[what] - few[what]) / (MANY - FEW)
  return { statements: perStep('statements'), rows: perStep('rows'), bytes: perStep('bytes') }
}

test.each<Shape>(['chain', 'wide', 'join', 'with conditions'])(
  'a step reads as much in a workflow of 200 as in one of 20: %s',
  { timeout: 60_000 },
  async (shape) => {
    const [few, many] = [await execute(toYaml(shape, FEW)), await execute(toYaml(shape, MANY))]
    const { statements, rows, bytes } = readPerStep(few, many)
    // Of the smaller one all is counted, its acceptance and its answer included.
    expect(statements).toBeLessThan(few.statements / FEW)
    expect(rows).toBeLessThan(few.rows / FEW)
    expect(bytes).toBeLessThan(few.bytes / FEW)
  },
)

/** What grows with the steps of a run. */
const large = 'steps|queue|sessions|artifacts|events|observations|checkpoints'
/** Over all rows of a table, over all of a run, or into a heap to be put in order. */
const passesOver = new RegExp(`^(?:SCAN (?:${large}|other)\\b|SEARCH (?:${large}) .*\\(run_id=\\?\\)$|USE TEMP B-TREE)`)
/** Indexes in which only what is at work or in the queue stands; of the queue, the first is asked for. */
const isShort = /INDEX (queue_running|queue_of_run|queue_held|sessions_at_work|artifacts_to_build_on)\b/

test('each statement that a step takes finds its rows by their keys', { timeout: 60_000 }, async () => {
  await execute(toYaml('chain', MANY), (store, { executed }) => {
    using connection = new DatabaseSync(store)
    const often = [...executed].filter(([, times]) => times >= MANY / 2).map(([sql]) => sql)
    expect(often.length).toBeGreaterThan(20)
    const slow = often.flatMap((sql) =>
      connection
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => String(detail))
        .filter((detail) => passesOver.test(detail) && !isShort.test(detail))
        .map((detail) => `${detail}: ${sql}`),
    )
    expect(slow).toEqual([])
  })
})

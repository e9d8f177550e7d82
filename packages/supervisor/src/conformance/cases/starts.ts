import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { HandlerReference } from '../../handler.ts'
import { type CaseGroup, type ConformanceCase, errorOf, outcomeOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const failsToStart = (title: string, file: string, name: string, cause: object): ConformanceCase => ({
  title,
  run: async (bench) => {
    expect(await errorOf(bench, tasksOf(file)(name))).toMatchObject({
      code: 'TASK_FAILED',
      outcome: { status: 'failed', cause: 'startup', ranMs: null, startedInMs: null },
      cause,
    })
  },
})

/** Written when it is needed: no tool that reads the sources would accept it. */
const importSyntaxError = async (bench: Bench): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-'))
  const module = join(folder, 'syntax-error.mjs')
  try {
    await writeFile(module, 'export default () => {')
    const outcome = await outcomeOf(bench, { handler: { module } })
    expect(outcome).toMatchObject({ status: 'failed', cause: 'startup' })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const refused: readonly (readonly [string, unknown])[] = [
  ['a function', () => 1],
  ['a relative path', { module: './x.js' }],
  ['a package name', { module: 'some-package' }],
  ['nothing', undefined],
]

const refusals = refused.map(
  ([what, handler]): ConformanceCase => ({
    title: `${what} as a handler is refused before anything starts`,
    run: async (bench) => {
      const { result, outcome } = bench.submit({ handler: handler as HandlerReference })
      const error = { name: 'SupervisorError', code: 'HANDLER_INVALID' }
      await expect(result).rejects.toMatchObject(error)
      await expect(outcome).rejects.toMatchObject(error)
    },
  }),
)

export const starts: CaseGroup = {
  title: 'starting',
  cases: [
    ...refusals,
    failsToStart('an export that is not there', 'tasks.ts', 'noSuchExport', { code: 'HANDLER_INVALID' }),
    failsToStart('a file that is not there', 'no-such-file.ts', 'default', { name: 'Error' }),
    failsToStart('an import of what is not there', 'broken-import.mjs', 'default', { name: 'Error' }),
    failsToStart('a module that throws', 'throwing-import.ts', 'default', { code: 'NOT_TODAY' }),
    { title: 'a syntax error', run: importSyntaxError },
    {
      title: 'a top-level await that never ends is ended by startupTimeoutMs',
      run: async (bench) => {
        const outcome = await outcomeOf(bench, tasksOf('hanging-import.ts')(), { startupTimeoutMs: 300 })
        expect(outcome).toMatchObject({ status: 'failed', cause: 'startup', phase: 'forced', startedInMs: null })
      },
    },
    {
      title: 'an endless loop in a module is ended by startupTimeoutMs',
      needs: ['endsSpinning'],
      run: async (bench) => {
        const outcome = await outcomeOf(bench, tasksOf('spinning-import.ts')(), { startupTimeoutMs: 300 })
        expect(outcome).toMatchObject({ status: 'failed', cause: 'startup', phase: 'forced', startedInMs: null })
      },
    },
    {
      title: 'a module that never loads can be cancelled',
      run: async (bench) => {
        const { outcome, cancel } = bench.submit(tasksOf('hanging-import.ts')())
        setTimeout(cancel, 50)
        expect(await outcome).toMatchObject({ status: 'cancelled', cause: 'user', startedInMs: null })
      },
    },
    {
      title: 'a checkpoint of the last attempt that cannot be cloned fails the task',
      needs: ['copies'],
      run: async (bench) => {
        const outcome = await outcomeOf(bench, tasksOf('tasks.ts')('add', [1, 2]), { lastCheckpoint: () => {} })
        expect(outcome).toMatchObject({ status: 'failed', cause: 'protocol' })
      },
    },
  ],
}

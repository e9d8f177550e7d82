import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { now } from '../common/clock.ts'
import { type Environment, observeEnvironment } from '../common/environment.ts'
import { print, printProgress } from '../common/output.ts'
import { taskNamed } from './catalogue/index.ts'
import { formatMatrix, type Matrix, mergeMatrices, mergeRecords } from './matrix.ts'
import { type MatrixOptions, parseMatrixOptions, UsageError } from './options.ts'
import { renderMatrix } from './render.ts'
import { abandonCells } from './run-cell.ts'
import { runMatrix } from './run-matrix.ts'
import { loadSubject } from './subjects/index.ts'
import { renderTap } from './tap.ts'
import { deviations } from './verdict.ts'

/* `pnpm adversarial [--only <task>]… [--subject <name>]… [--ours] [--seed N] [--json] [--write] [--tap <file>]` */

const resultsFolder = new URL('../../results/', import.meta.url)
const jsonFile = new URL('adversarial.json', resultsFolder)

const main = async (args: string[]): Promise<void> => {
  const options = parseMatrixOptions(args)
  const observed = await observeEnvironment()
  const startedAt = now()
  const records = mergeRecords([], await runMatrix({ ...options, commit: describeCommit(observed()) }))
  const { lacks, versions } = await describeSubjects(options.subjects)
  const tookMs = Math.round(now() - startedAt)
  await publish({ environment: observed(), seed: options.seed, tookMs, versions, lacks, records }, options)
  if (records.some((record) => deviations(record, taskNamed(record.task)).length > 0)) process.exitCode = 1
}

const describeCommit = ({ commit, changed }: Environment): string | null =>
  commit === null ? null : `${commit.slice(0, 10)}${changed ? ' with changes' : ''}`

const describeSubjects = async (names: readonly string[]): Promise<Pick<Matrix, 'lacks' | 'versions'>> => {
  const described = await Promise.all(
    names.map(async (name) => [name, await lackOf(name), await versionOf(name)] as const),
  )
  return {
    lacks: Object.fromEntries(described.map(([name, lacks]) => [name, lacks])),
    versions: Object.fromEntries(
      described.flatMap(([name, , version]) => (version === undefined ? [] : [[name, version]])),
    ),
  }
}

const lackOf = (name: string): Promise<string> =>
  loadSubject(name).then(
    ({ lacks }) => lacks,
    (error: unknown) => `could not be imported: ${String(error)}`,
  )

const versionOf = async (name: string): Promise<string | undefined> => {
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as { version: string }).version
}

const publish = async (matrix: Matrix, { json, write, tap }: MatrixOptions): Promise<void> => {
  if (write) await writeResults(matrix)
  if (tap !== undefined) {
    await mkdir(dirname(tap), { recursive: true })
    await writeFile(tap, renderTap(matrix.records))
  }
  print(json ? formatMatrix(matrix) : renderMatrix(matrix))
}

/** What was kept of cells that were not tried this time stays. */
const writeResults = async (matrix: Matrix): Promise<void> => {
  const earlier = await readFile(jsonFile, 'utf8').then(
    (text) => JSON.parse(text) as Matrix,
    () => undefined,
  )
  const text = formatMatrix(earlier === undefined ? matrix : mergeMatrices(earlier, matrix))
  await writeFile(jsonFile, `${text}\n`)
  await writeFile(new URL('adversarial.md', resultsFolder), `${renderMatrix(JSON.parse(text) as Matrix)}\n`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    abandonCells()
    process.kill(process.pid, signal)
  })
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error
  printProgress(error.message)
  process.exitCode = 2
})

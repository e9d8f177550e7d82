import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { now } from '../common/clock.ts'
import { observeEnvironment } from '../common/environment.ts'
import { print, printProgress } from '../common/output.ts'
import { taskNamed } from './catalogue/index.ts'
import { type MatrixOptions, parseMatrixOptions, UsageError } from './options.ts'
import { type Matrix, renderMatrix } from './render.ts'
import { runMatrix } from './run-matrix.ts'
import { loadSubject } from './subjects/index.ts'
import { renderTap } from './tap.ts'
import { deviations } from './verdict.ts'

/* `pnpm adversarial [--only <task>]… [--subject <name>]… [--ours] [--seed N] [--json] [--write] [--tap <file>]` */

const resultsFolder = new URL('../../results/', import.meta.url)

const main = async (args: string[]): Promise<void> => {
  const options = parseMatrixOptions(args)
  const observed = await observeEnvironment()
  const startedAt = now()
  const records = await runMatrix(options)
  const { lacks, versions } = await describeSubjects(options.subjects)
  const tookMs = Math.round(now() - startedAt)
  await publish({ environment: observed(), seed: options.seed, tookMs, versions, lacks, records }, options)
  if (records.some((record) => deviations(record, taskNamed(record.task)).length > 0)) process.exitCode = 1
}

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
  const text = JSON.stringify(matrix, null, 2)
  const tables = renderMatrix(JSON.parse(text) as Matrix)
  if (write) await writeResults(text, tables)
  if (tap !== undefined) {
    await mkdir(dirname(tap), { recursive: true })
    await writeFile(tap, renderTap(matrix.records))
  }
  print(json ? text : tables)
}

const writeResults = async (json: string, tables: string): Promise<void> => {
  await mkdir(resultsFolder, { recursive: true })
  await writeFile(new URL('adversarial.json', resultsFolder), `${json}\n`)
  await writeFile(new URL('adversarial.md', resultsFolder), `${tables}\n`)
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error
  printProgress(error.message)
  process.exitCode = 2
})

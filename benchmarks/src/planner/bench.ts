import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Comparison, compareOn } from './compare.ts'
import { generateRepository } from './generated-repository.ts'
import { git } from './git.ts'
import { measureLargeFolder } from './large-folder.ts'
import { projectStyles } from './project-style.ts'
import { loadPlanner } from './rank-with-planner.ts'
import { type PlannerReport, renderReport } from './report.ts'

/** What the benchmark is asked to do. */
export interface BenchOptions {
  readonly repositories: readonly string[]
  readonly commits: number
  readonly seed: number
  readonly files: number
  readonly json: string | undefined
}

/** Commits of a generated history that come before those that are asked about. */
const earlierCommits = 100

/**
 * Measures the planner: how well it finds the files of past commits, beside plain word matching, and what a large folder costs.
 *
 * `--repo <path>` (again and again) adds a repository, beside this one and the generated ones; `--commits N` (40) is the
 * number of commits asked about in each; `--seed N` (1); `--files N` (50000; 0 leaves the large folder out);
 * `--json <file>` writes everything, each commit included.
 */
export async function run(args: string[]): Promise<void> {
  const options = parseOptions(args)
  const report = await measure(options)
  process.stdout.write(renderReport(report))
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`)
}

/** Measures without printing. */
export async function measure(options: BenchOptions): Promise<PlannerReport> {
  const here = await git('.', ['rev-parse', '--show-toplevel', 'HEAD']).then(
    (text) => text.trim().split('\n'),
    () => [],
  )
  const [root, commit] = here
  const folders = [
    ...new Set([...(root === undefined ? [] : [root]), ...options.repositories.map((path) => resolve(path))]),
  ]
  const largeFolder = options.files === 0 ? null : await measureLargeFolder(options.files, options.seed)
  return {
    commit: commit ?? null,
    seed: options.seed,
    node: process.version,
    commits: options.commits,
    comparisons: [...(await compareWritten(folders, options)), ...(await compareGenerated(options))],
    largeFolder,
  }
}

async function compareWritten(folders: readonly string[], options: BenchOptions): Promise<readonly Comparison[]> {
  const planner = await loadPlanner()
  const comparisons: Comparison[] = []
  for (const folder of folders) {
    comparisons.push(await compareOn({ name: basename(folder), folder, origin: 'written' }, options.commits, planner))
  }
  return comparisons
}

async function compareGenerated(options: BenchOptions): Promise<readonly Comparison[]> {
  const planner = await loadPlanner()
  const comparisons: Comparison[] = []
  for (const [index, style] of projectStyles.entries()) {
    await using repository = await generateRepository(options.seed + index, style, earlierCommits + options.commits)
    const { name, folder } = repository
    comparisons.push(await compareOn({ name, folder, origin: 'generated' }, options.commits, planner))
  }
  return comparisons
}

function parseOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      repo: { type: 'string', multiple: true, default: [] },
      commits: { type: 'string', default: '40' },
      seed: { type: 'string', default: '1' },
      files: { type: 'string', default: '50000' },
      json: { type: 'string' },
    },
  })
  return {
    repositories: values.repo,
    commits: parseCount('--commits', values.commits, 1),
    seed: parseCount('--seed', values.seed, 1),
    files: parseCount('--files', values.files, 0),
    json: values.json,
  }
}

function parseCount(option: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${option}: expected a whole number from ${least}, got ${JSON.stringify(text)}`)
  }
  return value
}

import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { promisify } from 'node:util'

/** What a reader needs to know before believing a number. */
export interface Environment {
  readonly date: string
  /** Null outside a git repository. */
  readonly commit: string | null
  /** True when files that are not in the commit took part. */
  readonly changed: boolean
  readonly node: string
  readonly platform: string
  readonly cores: number
  readonly processor: string
  /** Of one minute, before and after: above the number of cores, the benchmark had to share them. */
  readonly loadBefore: number
  readonly loadAfter: number
}

/** Call it before measuring; what it returns, after. */
export const observeEnvironment = async (): Promise<() => Environment> => {
  const known = {
    date: new Date().toISOString(),
    commit: await git('rev-parse', 'HEAD'),
    changed: Boolean(await git('status', '--porcelain', '--', '.', ':!benchmarks/results')),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    loadBefore: load(),
  }
  return () => ({ ...known, loadAfter: load() })
}

const load = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100

const git = async (...args: string[]): Promise<string | null> => {
  const cwd = new URL('../../../', import.meta.url)
  return await promisify(execFile)('git', args, { cwd }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  )
}

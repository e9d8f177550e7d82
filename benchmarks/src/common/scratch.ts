import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A folder of its own for one benchmark, gone when it is disposed of. */
export interface Scratch extends AsyncDisposable {
  readonly folder: string
}

export const makeScratch = async (): Promise<Scratch> => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-bench-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** A small git repository, as the command line is used in one. */
export const makeRepository = async (folder: string): Promise<void> => {
  await promisify(execFile)('git', ['init', '--quiet', folder])
  await writeFile(join(folder, 'login.ts'), 'export const login = (name: string): string => name\n')
  await writeFile(join(folder, 'login.test.ts'), "import { login } from './login.ts'\nlogin('someone')\n")
}

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { clientPackages } from '../client-packages.ts'
import type { ChosenClient } from './client-choice.ts'

/** A client that is there and says its version. */
export interface InstalledClient extends ChosenClient {
  /** Absolute; `node_modules/.bin` of its own folder. */
  readonly binFolder: string
}

/** npm could not install a client, or what it installed does not run. */
export class ClientInstallError extends Error {
  readonly code = 'CLIENT_INSTALL_FAILED'
  override readonly name = 'ClientInstallError'

  constructor({ client, version }: ChosenClient, reason: string, options?: ErrorOptions) {
    super(`${client} ${version} could not be installed: ${reason}`, options)
  }
}

/**
 * Installs a client into a folder of its own below the cache, once for each version. It is put together beside its place and
 * moved there when it runs: what was cut short is never taken for a client.
 *
 * @throws ClientInstallError
 */
export async function installClient(
  chosen: ChosenClient,
  cache: string,
  say: (text: string) => void,
): Promise<InstalledClient> {
  const folder = join(cache, `${chosen.client}-${chosen.version}`)
  if (existsSync(folder)) say(`${chosen.client} ${chosen.version} is in ${folder}`)
  else await installInto(folder, chosen, say)
  const installed = { ...chosen, binFolder: join(folder, 'node_modules/.bin') }
  await askVersion(installed)
  return installed
}

async function installInto(folder: string, chosen: ChosenClient, say: (text: string) => void): Promise<void> {
  const startedAt = performance.now()
  say(`Installs ${chosen.client} ${chosen.version} (${clientPackages[chosen.client].name}) into ${folder} …`)
  await mkdir(dirname(folder), { recursive: true })
  const draft = await mkdtemp(`${folder}.part-`)
  try {
    await runNpm(draft, chosen)
    await askVersion({ ...chosen, binFolder: join(draft, 'node_modules/.bin') })
    await moveTo(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  say(`  done in ${Math.round((performance.now() - startedAt) / 1000)} s`)
}

const execute = promisify(execFile)

/** Milliseconds. The largest has 440 MB. */
const LONGEST_INSTALL = 600_000

async function runNpm(folder: string, chosen: ChosenClient): Promise<void> {
  const { name, needsScripts } = clientPackages[chosen.client]
  const manifest = { private: true, dependencies: { [name]: chosen.version }, allowScripts: { [name]: needsScripts } }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  const scripts = needsScripts ? [] : ['--ignore-scripts']
  try {
    await execute('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...scripts], {
      cwd: folder,
      timeout: LONGEST_INSTALL,
    })
  } catch (error) {
    throw new ClientInstallError(chosen, (error as Error).message, { cause: error })
  }
}

/** Milliseconds; the slowest to start needed 13 s on a busy machine. */
const LONGEST_START = 60_000

async function askVersion({ binFolder, ...chosen }: InstalledClient): Promise<void> {
  const { stdout } = await execute(join(binFolder, chosen.client), ['--version'], { timeout: LONGEST_START }).catch(
    (error: unknown) => {
      throw new ClientInstallError(chosen, `its --version failed: ${(error as Error).message}`, { cause: error })
    },
  )
  if (!stdout.includes(chosen.version)) throw new ClientInstallError(chosen, `it calls itself ${stdout.trim()}`)
}

/** Another run may have been faster: its copy is as good. */
async function moveTo(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

import { fileURLToPath } from 'node:url'
import { AgentOptionError, type AgentReference, restrictionOf } from '@mayfly/agents'
import type { Permissions } from '@mayfly/supervisor'
import { behindLinks, codeFolders, ownCode } from './code-folders.ts'
import { writablePaths } from './writable-paths.ts'

export interface Reach {
  readonly agent: AgentReference
  /** The folder that is worked on. */
  readonly cwd: string
  readonly storeFolder: string
  /** With the artifacts of all steps of the run. */
  readonly runArtifacts: string
  /** A JSON schema that the step's output must match, beside those in the folder. */
  readonly schema: string | null
}

/**
 * What the worker of a module agent may reach; undefined: it is not restricted. Its own folder of artifacts it may write to in any case. The
 * network is open to all: agents talk to models.
 * @throws AgentOptionError when the folder's path cannot be given to Node.
 */
export const workerPermissions = async (reach: Reach): Promise<Permissions | undefined> => {
  const { agent, cwd, storeFolder, runArtifacts, schema } = reach
  const restriction = restrictionOf(agent)
  if (restriction === null || agent.kind !== 'module') return undefined
  assertPlain(agent.name, [cwd, storeFolder, fileURLToPath(agent.url)])
  const folders = [...new Set([cwd, behindLinks(cwd)])]
  const writable = folders.map((folder) => writablePaths(folder, behindLinks(storeFolder)))
  const beside = [
    runArtifacts,
    ...(schema === null ? [] : [schema, behindLinks(schema)]),
    ...codeFolders(fileURLToPath(agent.url)),
    ...ownCode(),
  ]
  assertListable(agent.name, folders, beside)
  return {
    fsRead: [...folders, ...beside],
    fsWrite: restriction === 'edit' ? (await Promise.all(writable)).flat() : [],
    net: true,
  }
}

const assertPlain = (agent: string, paths: readonly string[]): void => {
  const pattern = paths.map(behindLinks).find((path) => path.includes('*'))
  if (pattern === undefined) return
  const why = `${pattern} has a "*" in it, which Node takes for a pattern: it would open more than that. Rename it`
  throw new AgentOptionError(agent, 'permission', why)
}

/** Node loses the one folder, though not what is in it, where the path of another begins with its own: `/app` beside `/app-agents`. */
const assertListable = (agent: string, folders: readonly string[], beside: readonly string[]): void => {
  for (const folder of folders) {
    const alike = beside.find((path) => path.startsWith(folder) && path !== folder && !path.startsWith(`${folder}/`))
    if (alike === undefined) continue
    const why = `Node cannot let it list ${folder} and read ${alike}, whose name begins alike. Rename one of them`
    throw new AgentOptionError(agent, 'permission', why)
  }
}

import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What has to be readable for a module to be imported, as it is named and as it is behind links: the folder of its package (the nearest
 * `package.json`), or the file alone where it is in none, and every `node_modules` from there up. A home folder is no package: one file in it must
 * not open all the others.
 */
export const codeFolders = (file: string): readonly string[] => [
  ...new Set([file, behindLinks(file)].flatMap(foldersOf)),
]

/** As far as it can be told: what is not there is the import's to complain about. */
export const behindLinks = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Packages whose code a step may need in its worker. */
const ownModules = [
  '@mayfly/orchestrator-entry/run-step',
  '@mayfly/agents',
  '@mayfly/supervisor',
  '@mayfly/workflows',
] as const

export const ownCode = (): readonly string[] => [
  ...new Set(ownModules.flatMap((module) => codeFolders(fileURLToPath(import.meta.resolve(module))))),
]

const foldersOf = (file: string): readonly string[] => {
  const above = ancestors(file)
  const closest = above.find((folder) => existsSync(join(folder, 'package.json')))
  return [
    closest === undefined || isTooWide(closest) ? file : closest,
    ...above.map((folder) => join(folder, 'node_modules')).filter((folder) => existsSync(folder)),
  ]
}

const isTooWide = (folder: string): boolean => ancestors(join(behindLinks(homedir()), 'file')).includes(folder)

/** Nearest first. */
const ancestors = (file: string): readonly string[] => {
  const folder = dirname(file)
  return folder === parse(folder).root ? [folder] : [folder, ...ancestors(folder)]
}

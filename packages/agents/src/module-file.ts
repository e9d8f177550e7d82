import { statSync } from 'node:fs'
import { parse, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AgentNotFoundError } from './agent-errors.ts'
import type { ModuleReference } from './agent-reference.ts'

/** Whether a specifier is the path of a module, and not a name. */
export function namesModule(specifier: string): boolean {
  return /^(\.{0,2}\/|file:)/.test(specifier) || /\.[cm]?[jt]s$/.test(specifier)
}

/**
 * The absolute path of the module that a specifier names, whether it exists or not.
 *
 * @throws AgentNotFoundError when it is a URL that no local file has.
 */
export function modulePath(specifier: string, cwd: string): string {
  if (!specifier.startsWith('file:')) return resolve(cwd, specifier)
  try {
    return fileURLToPath(specifier)
  } catch {
    throw new AgentNotFoundError(specifier, 'it is not the URL of a local file, such as file:///folder/agent.mjs.')
  }
}

export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** @param name @default the file's name without its ending */
export function moduleReference(path: string, name: string = parse(path).name): ModuleReference {
  return { kind: 'module', name, url: pathToFileURL(path).href }
}

import { statSync } from 'node:fs'
import { parse, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AgentNotFoundError } from './agent-errors.ts'
import type { AgentReference } from './agent-reference.ts'
import { builtinAgents } from './builtin-agents.ts'

/**
 * Finds the agent that a specifier names: a built-in one (`planner`) or an ES module of the user's own (`./agent.mjs`,
 * `/folder/agent.mjs`, `agent.js`, a `file:` URL). A relative path is taken from `cwd`. Nothing is loaded.
 *
 * @throws AgentNotFoundError when there is neither; its message says what exists and what to write instead.
 */
export function resolveAgent(specifier: string, cwd: string): AgentReference {
  if (builtinAgents.some(({ name }) => name === specifier)) return { kind: 'builtin', name: specifier }
  if (!namesModule(specifier)) throw new AgentNotFoundError(specifier, `${whatExists()} ${whatToDo}`)
  const path = modulePath(specifier, cwd)
  if (!isFile(path)) throw new AgentNotFoundError(specifier, `there is no file ${path}. ${whatExists()}`)
  return { kind: 'module', name: parse(path).name, url: pathToFileURL(path).href }
}

const whatToDo = 'For an agent of your own, give the path of an ES module that exports a function, such as ./agent.mjs.'

function whatExists(): string {
  return `Built-in agents: ${builtinAgents.map(({ name }) => name).join(', ')}.`
}

function namesModule(specifier: string): boolean {
  return /^(\.{0,2}\/|file:)/.test(specifier) || /\.[cm]?[jt]s$/.test(specifier)
}

function modulePath(specifier: string, cwd: string): string {
  if (!specifier.startsWith('file:')) return resolve(cwd, specifier)
  try {
    return fileURLToPath(specifier)
  } catch {
    throw new AgentNotFoundError(specifier, 'it is not the URL of a local file, such as file:///folder/agent.mjs.')
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

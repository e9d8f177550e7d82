import { createReadStream, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../../adversarial/process-table.ts'
import type { ScratchFolder } from './scratch-folder.ts'

/** Living processes that carry the soak's mark in their environment, or stand in one of its folders. */
export const findProcessesOf = ({ mark, path }: ScratchFolder): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => isAlive(Number(pid)) && isOf(pid, mark, path))
    .map(describe)

/** Those that an agent's program is, or has started: hosts have the mark alone, their programs' own marks follow it. */
export const findProcessesOfAgents = ({ mark }: ScratchFolder): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isAlive(Number(pid)) && read(pid, 'environ').includes(`${mark}/`))
    .map(describe)

const describe = (pid: string): string => `${pid}: ${read(pid, 'cmdline').replaceAll('\0', ' ').trim()}`

const isOf = (pid: string, mark: string, path: string): boolean =>
  read(pid, 'environ').includes(mark) || read(pid, 'cmdline').includes(path) || folderOf(pid).startsWith(path)

const folderOf = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

/** Gone, or another user's. */
const read = (pid: string, what: 'cmdline' | 'environ'): string => {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1')
  } catch {
    return ''
  }
}

export interface KeySearch {
  readonly files: number
  readonly bytes: number
  /** Files that hold a key, and which. */
  readonly found: readonly string[]
}

/** Looks for keys in everything that is kept: store, artifacts, logs, folders of runs, temporary files. */
export const searchForKeys = async ({ path, keys }: ScratchFolder): Promise<KeySearch> => {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const found: string[] = []
  let bytes = 0
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name)
    const { size, names } = await searchFile(file, keys)
    bytes += size
    if (names.length > 0) found.push(`${names.join(', ')} in ${file}`)
  }
  return { files: files.length, bytes, found }
}

const searchFile = async (
  file: string,
  keys: Readonly<Record<string, string>>,
): Promise<{ size: number; names: string[] }> => {
  const longest = Math.max(...Object.values(keys).map((key) => key.length))
  const names = new Set<string>()
  let [size, tail] = [0, '']
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 1024 ** 2 })) {
    const text = tail + chunk
    size += chunk.length
    for (const [name, key] of Object.entries(keys)) if (text.includes(key)) names.add(name)
    tail = text.slice(-longest)
  }
  return { size, names: [...names] }
}

import { readdirSync, readFileSync } from 'node:fs'

/**
 * The processes whose environment names a folder, with their command lines: the home of a trial is in the environment of all that
 * the trial starts, also of what has left its group and lost its parent (Linux).
 */
export function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(pid, 'environ').includes(folder))
    .map((pid) => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}`)
}

/** Empty when it is gone. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

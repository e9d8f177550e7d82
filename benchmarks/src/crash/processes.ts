import { readdirSync, readFileSync } from 'node:fs'

/** The direct child processes of a process, of all its threads. */
export const childrenOf = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => numbersIn(`/proc/${pid}/task/${thread}/children`))
  } catch {
    return []
  }
}

/** Processes that carry a variable with this value, zombies not among them. */
export const processesMarked = (name: string, value: string): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`${name}=${value}`))

/** False when it was gone already. */
export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

const numbersIn = (path: string): number[] => read(path).split(' ').filter(Boolean).map(Number)

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

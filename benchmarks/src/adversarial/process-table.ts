import { readdirSync, readFileSync } from 'node:fs'

/* Processes of this machine, as Linux shows them. */

export interface ProcessEntry {
  readonly pid: number
  readonly commandLine: string
}

interface Traits {
  /** Part of its command line; survives a cleared environment and a change of session. */
  readonly id: string
  /** Or a session that it is in. */
  readonly session?: number
}

/** Living processes with one of the traits; those that are dead and not yet reaped do not count. */
export const findProcesses = ({ id, session }: Traits): ProcessEntry[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const entry = { pid: Number(name), commandLine: commandLineOf(name) }
      const isMeant = entry.commandLine.includes(id) || (session !== undefined && isInSession(name, session))
      return isMeant && isAlive(entry.pid) ? [entry] : []
    })

const commandLineOf = (pid: string | number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()

const isInSession = (pid: string, session: number): boolean => Number(statFields(pid)[3]) === session

export const isAlive = (pid: number): boolean => {
  const [state] = statFields(pid)
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** A signal has stopped it, and it will do nothing before another one. */
export const isStopped = (pid: number): boolean => statFields(pid)[0] === 'T'

/** Tells a process from a later one with the same number. */
export const startTimeOf = (pid: number): string | undefined => statFields(pid)[19]

export const childrenOf = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return []
  }
}

const PAGE_MB = 4096 / 1024 / 1024

export const residentMb = (pid: number): number => Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_MB

export const describeProcess = (pid: number): ProcessEntry => ({ pid, commandLine: commandLineOf(pid) })

/** What follows the command name, which stands in parentheses and may hold spaces: field 3 and on. */
const statFields = (pid: string | number): string[] => {
  const text = read(`/proc/${pid}/stat`)
  return text === '' ? [] : (text.split(') ').at(-1)?.split(' ') ?? [])
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Gone already is what was wanted. */
export const killHard = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {}
}

import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** A process that has opened the store, described so that another process can tell whether it still lives. */
export interface Host {
  readonly bootId: string
  readonly pid: number
  /** Clock ticks from the kernel's boot to the start of the process; `null` where the system does not say. */
  readonly processStarted: number | null
  /** Changes whenever the machine boots; `null` where the system does not say. */
  readonly kernelBootId: string | null
  /** In which pids are counted (Linux), so that containers do not take each other for dead; `null` where there is none. */
  readonly pidNamespace: string | null
  /** Whole milliseconds since the epoch. */
  readonly openedAt: number
}

/** This process, under an id of its own for each opening. */
export function currentHost(openedAt: number): Host {
  return {
    bootId: randomUUID(),
    pid: process.pid,
    processStarted: readProcessStat(process.pid)?.started ?? null,
    kernelBootId: readKernelBootId(),
    pidNamespace: readPidNamespace(),
    openedAt,
  }
}

/**
 * Whether the process still runs. A pid alone does not tell, because pids are used again; on Linux the start time and
 * the kernel's boot id do. Elsewhere only the pid is asked, so a host may be held alive by a stranger. A process whose pids
 * are counted elsewhere, in another container, cannot be asked at all: it counts as alive, and only its lease tells.
 */
export function isHostAlive(host: Host): boolean {
  const kernelBootId = readKernelBootId()
  if (host.kernelBootId !== null && kernelBootId !== null && host.kernelBootId !== kernelBootId) return false
  if (host.pidNamespace !== null && host.pidNamespace !== readPidNamespace()) return true
  return isProcessAlive(host.pid, host.processStarted)
}

/** Whether a process with this pid lives and, where that is known, started at this time. */
export function isProcessAlive(pid: number, processStarted: number | null): boolean {
  const stat = readProcessStat(pid)
  // Not Linux, or a /proc that hides other users' processes: then only the pid can be asked.
  if (processStarted === null || stat === undefined) return hasProcess(pid)
  return stat.started === processStarted && !stat.ended
}

/** When a process started, in clock ticks from the kernel's boot; `null` when it is gone or the system does not say. */
export function processStartTime(pid: number): number | null {
  return readProcessStat(pid)?.started ?? null
}

/** Signal 0 only asks. EPERM: the process exists, and is another user's. */
function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Fields 3 and 22 of /proc/PID/stat (proc(5)), counted after the name, which may itself hold blanks and brackets. */
function readProcessStat(pid: number): { readonly started: number; readonly ended: boolean } | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const started = Number(fields[22 - 3])
  // A zombie keeps pid and start time until its parent looks, but it will never finish a run.
  return Number.isSafeInteger(started) ? { started, ended: fields[0] === 'Z' || fields[0] === 'X' } : undefined
}

export function readKernelBootId(): string | null {
  return readText('/proc/sys/kernel/random/boot_id')?.trim() ?? null
}

function readPidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return null
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

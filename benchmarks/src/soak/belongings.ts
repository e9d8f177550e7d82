import { readdirSync, readFileSync } from 'node:fs'
import { childrenOf, isAlive } from '../adversarial/process-table.ts'

/** What this process holds of the machine. */
export interface Belongings {
  readonly heapBytes: number
  readonly rssMb: number
  readonly threads: number
  readonly fileDescriptors: number
  readonly children: number
  /** What keeps the event loop busy, by kind. */
  readonly handles: Readonly<Record<string, number>>
}

const collectGarbage = globalThis.gc

/** @throws Error without `--expose-gc`. */
export const takeStock = (): Belongings => {
  if (collectGarbage === undefined) throw new Error('The soak needs --expose-gc: start it with pnpm soak')
  // What the first finds may be let go by finalizers only then.
  for (let pass = 0; pass < 3; pass++) collectGarbage()
  return {
    heapBytes: process.memoryUsage().heapUsed,
    rssMb: Math.round(process.memoryUsage.rss() / 1024 ** 2),
    threads: readdirSync('/proc/self/task').length,
    fileDescriptors: readdirSync('/proc/self/fd').length - 1,
    children: childrenOf(process.pid).filter(isAlive).length,
    handles: countBy(process.getActiveResourcesInfo()),
  }
}

const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Zombies too: dead children of whoever has died, which this process has to live with. */
export const countZombies = (): number =>
  childrenOf(process.pid).filter((pid) => /^State:\s+Z/m.test(readStatus(pid))).length

const readStatus = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

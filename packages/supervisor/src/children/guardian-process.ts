/*
 * The entry of the guardian's process. It reads its list from stdin until the supervisor is gone, in whichever way, and ends
 * what is still on it. Reading blocks its only thread, so that it costs nothing while it waits.
 */
import { readSync } from 'node:fs'
import { endGuarded } from './end-guarded.ts'
import { GUARD, GuardList } from './guard-list.ts'

/** Then it ends itself: a process that the kernel holds (a hung disk) stays in sight, and may hold whoever looks at it. */
const LONGEST_SWEEP_MS = 3_000

const SUPERVISOR_PIPE = 0

/** A line is applied when it is whole: the last one may have been cut off, and half a number is another process. */
const readList = (): GuardList => {
  const list = new GuardList()
  const buffer = Buffer.alloc(64 * 1024)
  let rest = ''
  for (let size = readSync(SUPERVISOR_PIPE, buffer); size > 0; size = readSync(SUPERVISOR_PIPE, buffer)) {
    const lines = (rest + buffer.toString('latin1', 0, size)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) list.apply(line)
  }
  return list
}

const guard = async (): Promise<never> => {
  // Whoever ends the supervisor by a signal to all processes of a kind means its tasks too: they end with the supervisor.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  const list = readList()
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LONGEST_SWEEP_MS).unref()
  await endGuarded(list)
  // The listeners for signals hold no process, but nothing else here is to hold it either.
  process.exit()
}

if (process.argv[2] === GUARD) await guard()

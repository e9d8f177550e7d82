import { readLimits, readUsage } from './claim-step.ts'
import { failure, fine, warning } from './finding.ts'
import { isHostAlive, isProcessAlive } from './host.ts'
import { monotonicNow } from './lease-clock.ts'
import { isLeaseOver } from './leased-host.ts'
import { countOrphans, selectQueueTrouble } from './sql/check-queries.ts'
import { childTable, selectChildrenOfEnded } from './sql/child-table.ts'
import { leasedHostTable, selectLiveHosts } from './sql/host-table.ts'
import type { Finding } from './store-care.ts'
import type { StoreContext } from './store-context.ts'

const recoverAdvice = 'The next process that works on the store takes over; to do it now, run one'

export function checkOrphans({ database }: StoreContext): Finding {
  const counts = database.row(countOrphans, {})
  const found = ['runs', 'sessions', 'claims', 'workspaces'].filter((what) => Number(counts?.[what]) > 0)
  const children = database
    .list(childTable, selectChildrenOfEnded, {})
    .filter(({ pid, processStarted }) => isProcessAlive(pid, processStarted))
  if (found.length > 0) {
    const what = found.map((name) => `${counts?.[name]} ${name}`).join(', ')
    return failure('orphans', `${what} belong to no host`, 'Another program has written into the store')
  }
  if (children.length === 0) return fine('orphans', 'All work belongs to a host')
  const pids = children.map(({ pid }) => pid).join(', ')
  return warning('orphans', `Child processes of lost sessions still run: ${pids}`, recoverAdvice)
}

export function checkLeases({ database }: StoreContext): Finding {
  const hosts = database.list(leasedHostTable, selectLiveHosts, {})
  const now = monotonicNow()
  const gone = hosts.filter((host) => !isHostAlive(host))
  const late = hosts.filter((host) => isHostAlive(host) && isLeaseOver(host, now))
  if (gone.length + late.length === 0) return fine('leases', `${hosts.length} processes have the store open`)
  const pids = (some: typeof hosts): string => some.map(({ pid }) => pid).join(', ')
  const parts = [
    ...(gone.length > 0 ? [`gone: ${pids(gone)}`] : []),
    ...(late.length > 0 ? [`not heard of for longer than their lease: ${pids(late)}`] : []),
  ]
  return warning('leases', `Processes that had the store open are ${parts.join('; ')}`, recoverAdvice)
}

export function checkQueue(context: StoreContext): Finding {
  const { memoryMb } = readLimits(context)
  const found = context.database.row(selectQueueTrouble, { now: context.now(), memory_mb: memoryMb })
  const [queued, late, tooLarge] = [found?.['queued'], found?.['late'], found?.['too_large']].map(Number)
  if (Number(tooLarge) > 0) {
    const message = `${tooLarge} of ${queued} waiting steps ask for more than the ${memoryMb} MB there are in all`
    return failure('queue', message, 'Raise the limit on memory, or cancel their runs: they can never start')
  }
  if (Number(late) > 0) {
    const message = `${late} of ${queued} waiting steps are past their deadline`
    return warning('queue', message, 'Start a process that works off the queue')
  }
  return fine('queue', `${queued} steps wait`)
}

export function checkLimits(context: StoreContext): Finding {
  const limits = readLimits(context)
  const usage = readUsage(context)
  const shown = (limit: number | null): string => (limit === null ? 'any number' : String(limit))
  const message = `${usage.workers} of ${shown(limits.workers)} workers and ${usage.memoryMb} of ${shown(limits.memoryMb)} MB are taken`
  const isOver = usage.workers > (limits.workers ?? Infinity) || usage.memoryMb > (limits.memoryMb ?? Infinity)
  if (!isOver) return fine('limits', message)
  return warning(
    'limits',
    message,
    'The limits were lowered while work went on: nothing new starts until enough has ended',
  )
}

import { isHostAlive, isProcessAlive } from './host.ts'
import { monotonicNow } from './lease-clock.ts'
import { isLeaseOver, type LeasedHost } from './leased-host.ts'
import type { LostChild, LostHost, RecoverOptions, Recovery } from './recovery.ts'
import { type Released, releaseHost } from './release-host.ts'
import { childTable, selectChildrenOfEnded } from './sql/child-table.ts'
import { deleteIdleHost, leasedHostTable, loseHost, selectOtherHosts } from './sql/host-table.ts'
import { addUnattended } from './sql/unattended.ts'
import { type StoreContext, write } from './store-context.ts'

interface Suspect extends LostHost {
  readonly host: LeasedHost
}

/**
 * Takes over from lost hosts. When several processes recover at one time, each host is taken over by exactly one of
 * them. Takes the write lock only when somebody is lost.
 */
export function recoverLost(context: StoreContext, { requeueAfterMs = 0 }: RecoverOptions): Recovery {
  const suspects = findSuspects(context)
  const taken = suspects.length === 0 ? [] : write(context, () => takeOver(context, suspects, requeueAfterMs))
  const released = taken.map(([, work]) => work)
  const oldestFirst = released
    .flatMap(({ interrupted }) => interrupted)
    .sort((one, two) => one.createdAt - two.createdAt)
  return {
    hosts: taken.map(([{ bootId, pid, because }]) => ({ bootId, pid, because })),
    sessions: released.reduce((sum, { sessions }) => sum + sessions, 0),
    requeued: released.flatMap(({ requeued }) => requeued),
    interrupted: oldestFirst,
    cancelled: released.flatMap(({ cancelled }) => cancelled),
    children: findChildren(context),
  }
}

function findSuspects({ database, host }: StoreContext): readonly Suspect[] {
  const now = monotonicNow()
  return database.list(leasedHostTable, selectOtherHosts, { boot_id: host.bootId }).flatMap((other) => {
    const because = !isHostAlive(other) ? 'dead' : isLeaseOver(other, now) ? 'lease' : undefined
    return because === undefined ? [] : [{ host: other, bootId: other.bootId, pid: other.pid, because }]
  })
}

function takeOver(
  context: StoreContext,
  suspects: readonly Suspect[],
  requeueAfterMs: number,
): readonly (readonly [Suspect, Released])[] {
  const at = context.now()
  // A run that several have lost was in the hands of the one that was heard of last.
  const inOrder = suspects.toSorted((one, other) => (one.host.renewedAt ?? 0) - (other.host.renewedAt ?? 0))
  return inOrder.flatMap((suspect) => {
    const { bootId, because, host } = suspect
    const lost = { boot_id: bootId, is_dead: because === 'dead' ? 1 : 0, lease_until: host.leaseUntil }
    if (context.database.run(loseHost, lost) === 0) return []
    if (host.renewedAt !== null)
      context.database.run(addUnattended, { boot_id: bootId, at, renewed_at: host.renewedAt })
    const released = releaseHost(context, {
      bootId,
      at,
      error: { name: 'RunInterruptedError', message: explain(suspect), code: 'HOST_LOST' },
      sessionStatus: 'lost',
      sessionCause: 'host_lost',
      requeueAt: at + requeueAfterMs,
    })
    context.database.run(deleteIdleHost, { boot_id: bootId })
    return [[suspect, released] as const]
  })
}

function explain({ pid, because }: LostHost): string {
  if (because === 'dead') return `Process ${pid}, which ran it, is gone without having finished it.`
  return `Process ${pid}, which ran it, has not been heard of for longer than its lease.`
}

function findChildren({ database }: StoreContext): readonly LostChild[] {
  return database
    .list(childTable, selectChildrenOfEnded, {})
    .map((child) => ({ ...child, isAlive: isProcessAlive(child.pid, child.processStarted) }))
}

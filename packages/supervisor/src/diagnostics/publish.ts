import { type Channel, channel } from 'node:diagnostics_channel'
import type { DiagnosticsChannelName, DiagnosticsMessages } from './messages.ts'

const names: Record<DiagnosticsChannelName, true> = {
  'mayfly:task:submitted': true,
  'mayfly:task:refused': true,
  'mayfly:task:started': true,
  'mayfly:task:running': true,
  'mayfly:task:settled': true,
  'mayfly:task:ended': true,
  'mayfly:worker:created': true,
  'mayfly:worker:ready': true,
  'mayfly:worker:stopping': true,
  'mayfly:worker:wedged': true,
  'mayfly:worker:ended': true,
  'mayfly:queue:enqueued': true,
  'mayfly:queue:dequeued': true,
  'mayfly:queue:needs-drain': true,
  'mayfly:queue:drain': true,
  'mayfly:queue:idle': true,
  'mayfly:queue:resize': true,
  'mayfly:spare:ready': true,
  'mayfly:spare:taken': true,
  'mayfly:spare:failed': true,
  'mayfly:spare:ended': true,
}

/** Every channel that a supervisor publishes on. */
export const diagnosticsChannelNames: readonly DiagnosticsChannelName[] = Object.keys(names) as DiagnosticsChannelName[]

/** Held on to: a channel that nobody holds is collected, with its subscribers not yet told. */
const channels = Object.fromEntries(diagnosticsChannelNames.map((name) => [name, channel(name)])) as Record<
  DiagnosticsChannelName,
  Channel
>

/**
 * Makes the message only when somebody listens. A subscriber that throws is an uncaught error of its own, a moment later
 * (diagnostics_channel sees to that): it stops nothing here.
 */
export const publish = <Name extends DiagnosticsChannelName>(
  name: Name,
  message: () => DiagnosticsMessages[Name],
): void => {
  const { [name]: own } = channels
  if (own.hasSubscribers) own.publish(message())
}

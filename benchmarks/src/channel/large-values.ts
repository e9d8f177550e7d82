import { once } from 'node:events'
import type { AgentSupervisor, IsolationRequest } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import type { Sample } from '../common/interleave.ts'
import { floodingTask, receiveRaw } from './floods.ts'
import { watchLoop } from './watch-loop.ts'

export type Way = 'onTheWay' | 'stall'

export const kinds = ['bytes', 'text', 'small objects'] as const

export type Kind = (typeof kinds)[number]

interface Given {
  readonly at: number
}

/** From the task's last line to whoever waits for the value, and how long nothing else could happen there. */
const timed = async (receive: () => Promise<Given>): Promise<Sample<Way>> => {
  const stop = watchLoop()
  const { at } = await receive()
  const onTheWay = now() - at
  // A turn later, or a stall that ends with the value would not be seen.
  await new Promise((resolve) => setImmediate(resolve))
  return { onTheWay, stall: stop().stall }
}

export const measureRawValue = (how: 'clone' | 'transfer', kind: Kind): Promise<Sample<Way>> =>
  timed(() => receiveRaw(how, kind))

export const measureResult = async (
  supervisor: AgentSupervisor,
  isolation: IsolationRequest,
  kind: Kind,
): Promise<Sample<Way>> => {
  const drained = once(supervisor, 'idle')
  const task = { handler: { module: floodingTask, export: 'value' }, input: kind }
  const sample = await timed(() => supervisor.run<Given>(task, { isolation }))
  await drained
  return sample
}

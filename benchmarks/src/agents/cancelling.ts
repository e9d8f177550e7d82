import { readdirSync, readFileSync } from 'node:fs'
import type { Agent } from '@mayfly/agents'
import { now } from '../common/clock.ts'
import type { Measure } from '../common/interleave.ts'
import { callAgent } from './call.ts'

/** From the abort of a client at work to the end of its call; then nothing of it may be left. */
export const cancelMeasure =
  (agent: Agent, scratch: string): Measure<'ms'> =>
  async () => {
    const abort = new AbortController()
    let cancelledAt = Number.NaN
    const onProgress = (): void => {
      if (!Number.isNaN(cancelledAt)) return
      cancelledAt = now()
      abort.abort(new Error('cancelled'))
    }
    await callAgent(agent, scratch, { signal: abort.signal, onProgress }).catch((error: Error) => {
      if (error !== abort.signal.reason) throw error
    })
    const ms = now() - cancelledAt
    const left = agentProcesses()
    if (left.length > 0) throw new Error(`Processes are left after a cancelled call: ${left.join(', ')}`)
    return { ms }
  }

const agentProcesses = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && environmentOf(pid).includes('\0MAYFLY_CLIENT=claude:'))

/** Gone, or another user's. */
const environmentOf = (pid: number): string => {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`
  } catch {
    return ''
  }
}

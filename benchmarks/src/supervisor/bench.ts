import { AgentSupervisor } from '@mayfly/supervisor'
import { observeEnvironment } from '../common/environment.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import { measureDelivery } from './delivery.ts'
import { measureProcessStartUp, measureStartUp } from './start-up.ts'
import { measureThroughput } from './throughput.ts'

const method = `All subjects are measured once in each round, in an order that turns, after rounds that do not count. Threads are
told the time by \`process.hrtime.bigint()\`, one monotonic clock for all of them. Every task gets a new worker, which is
gone before the next measurement begins (in the throughput table: before its place is given away). The supervisor is the
built package, as people install it.`

/**
 * What the supervisor adds to a raw `new Worker` and to a raw `fork`. `--samples N` (60) rounds; processes take half of
 * them, the throughput a sixth.
 */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 60)
  const observed = await observeEnvironment()
  await using supervisor = new AgentSupervisor()
  const sections = [
    ...(await measureStartUp(supervisor, samples)),
    await measureDelivery(supervisor, samples),
    await measureThroughput(Math.ceil(samples / 6)),
    ...(await measureProcessStartUp(supervisor, Math.ceil(samples / 2))),
  ]
  const title = 'The supervisor beside raw worker threads and forks'
  await publish({ name: 'supervisor', title, environment: observed(), method, sections }, json)
}

import { now } from '../common/clock.ts'
import { HeapSampler } from '../memory/heap-sampler.ts'
import { runIntoFile } from './bare-run.ts'
import { callAgent, loadStandIn } from './call.ts'

/* One long stream in a process of its own: its peak is of nothing else. Arguments: how, the program, a folder. */

const [, , how = '', program = '', folder = ''] = process.argv
const work = how === 'agent' ? await agentWork() : async () => await runIntoFile(program, folder)

async function agentWork(): Promise<() => Promise<void>> {
  const agent = await loadStandIn(program)
  return async () => await callAgent(agent, folder)
}

using sampler = new HeapSampler()
const startedAt = now()
await work()
const ms = now() - startedAt
process.stdout.write(
  JSON.stringify({ ms, peakHeap: sampler.peak, peakResident: process.resourceUsage().maxRSS / 1024 }),
)

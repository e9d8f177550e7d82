import { monitorEventLoopDelay } from 'node:perf_hooks'
import { loadPlanner, planFor } from './rank-with-planner.ts'

// Plans once for the folder in the first argument and prints what it took: peak memory is that of a process that did only this.
const folder = process.argv[2]
if (folder === undefined) throw new Error('Expected a folder as the first argument.')
const delay = monitorEventLoopDelay({ resolution: 10 })
const planner = await loadPlanner()
delay.enable()
const begun = performance.now()
await planFor(planner, folder, 'Correct a race in the delivery endpoint when exchange rates are stale')
const result = {
  planMs: Math.round(performance.now() - begun),
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  longestPauseMs: Math.round(delay.max / 1e6),
}
process.stdout.write(JSON.stringify(result))

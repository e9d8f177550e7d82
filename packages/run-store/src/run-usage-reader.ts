import type { RunUsage } from './run-usage.ts'
import { selectRunUsage } from './sql/run-usage.ts'
import type { StoreDatabase } from './store-database.ts'

export function readRunUsage(database: StoreDatabase, runId: string): RunUsage {
  const row = database.row(selectRunUsage, { run_id: runId })
  const figure = (column: string): number => Number(row?.[column])
  return {
    attempts: figure('attempts'),
    inputTokens: figure('input_tokens'),
    cachedTokens: figure('cached_tokens'),
    outputTokens: figure('output_tokens'),
    costUsd: figure('cost_usd'),
    unattendedMs: figure('unattended_ms'),
    unreportedTokens: figure('unreported_tokens'),
    unreportedCost: figure('unreported_cost'),
  }
}

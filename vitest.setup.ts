import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

/*
 * Properties are tried with the same examples each time, so that a change is judged by what it changed. `pnpm test:properties` looks for
 * new ones: PROPERTY_SEED, and PROPERTY_RUNS for the properties that do not say themselves how often they are tried.
 */
const { PROPERTY_SEED = '1', PROPERTY_RUNS = '100' } = process.env

const { testPath } = expect.getState()
// Importing it takes longer than most test files.
if (testPath !== undefined && readFileSync(testPath, 'utf8').includes("'fast-check'")) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: Number(PROPERTY_SEED), numRuns: Number(PROPERTY_RUNS) })
}

import { randomInt } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import type { ViteUserConfig } from 'vitest/config'
import base from './vitest.config.ts'

const { PROPERTY_SEED = String(randomInt(2 ** 31)), PROPERTY_RUNS = '5000' } = process.env

const properties = globSync(base.test?.include ?? []).filter((file) =>
  readFileSync(file, 'utf8').includes("'fast-check'"),
)

/** All tests of properties with new examples. A failure prints the seed: PROPERTY_SEED=… repeats it. */
const config: ViteUserConfig = {
  ...base,
  test: { ...base.test, include: properties, env: { PROPERTY_SEED, PROPERTY_RUNS }, testTimeout: 600_000 },
}

export default config

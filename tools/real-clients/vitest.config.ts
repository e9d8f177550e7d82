import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** `pnpm test:clients`. Its files end in `.trial.ts`, so that no other run of tests finds them. */
const config: ViteUserConfig = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    include: ['src/**/*.trial.ts'],
    globalSetup: ['src/install/install-chosen.ts'],
    // One client at a time: each takes up to a gigabyte, and all have one machine.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
  },
})

export default config

import { defaultServerConditions } from 'vite'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  // Tests run from `src`: no build stands between an edit and its test. Worker threads inherit the condition.
  ssr: { resolve: { conditions: ['@mayfly/source', ...defaultServerConditions] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'benchmarks/src/**/*.test.ts',
      'tools/*/src/**/*.test.ts',
    ],
    // Vitest would leave one of two cores to itself, and the tests wait more than they work.
    maxWorkers: '100%',
    setupFiles: ['./vitest.setup.ts'],
    // Real workers, processes and signals on two cores: a wait that would hang still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: '.ci/reports/vitest.json' },
  },
})

export default config

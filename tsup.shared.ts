import { defineConfig, type Options } from 'tsup'

/** One build for every package: ESM, types, no bundling of dependencies. */
export const packageBuild = (entry: string[], options: Options = {}): ReturnType<typeof defineConfig> =>
  defineConfig({ ...shared, ...options, entry })

const shared: Options = {
  format: ['esm'],
  target: 'node22',
  platform: 'node',
  dts: true,
  clean: true,
  splitting: true,
  sourcemap: true,
  removeNodeProtocol: false,
}

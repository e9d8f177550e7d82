/** Where a step can run, as `mayfly run` is told. */
export const places: readonly (readonly [name: string, options: readonly string[]])[] = [
  ['in place', []],
  ['in a worker', ['--mode', 'worker']],
  ['in a worker process', ['--mode', 'worker', '--isolation', 'process']],
]

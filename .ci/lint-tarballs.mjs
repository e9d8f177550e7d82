/*
 * What publint and attw say of each tarball: the files that its manifest names are there, and TypeScript finds the types
 * of each door. `@mayfly/cli` has no importable door, so attw sees its `./package.json` only; its bin is tried in
 * `packed/bin.mjs`.
 */
import { join } from 'node:path'
import { publishablePackages } from './publishable-packages.mjs'
import { exitCodeOf } from './run-command.mjs'

const tool = (name) => join('node_modules', '.bin', name)

const linters = [
  [tool('publint'), '--strict'],
  [tool('attw'), '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii'],
]

const [folder] = process.argv.slice(2)
for (const { tarball } of publishablePackages())
  for (const linter of linters) if ((await exitCodeOf([...linter, join(folder, tarball)])) !== 0) process.exitCode = 1

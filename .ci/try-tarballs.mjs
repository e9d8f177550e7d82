/*
 * Uses the tarballs as a stranger would: installed with npm outside the workspace, on each Node that we promise.
 * The oldest supported Node of two lines is tried, because that is where a newer API is missing.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { publishablePackages } from './publishable-packages.mjs'
import { exitCodeOf, mustRun } from './run-command.mjs'

const nodeVersions = ['22.18.0', '24.0.0', '26']
const programs = ['imports.mjs', 'worker-task.mjs', 'heap-bomb.mjs', 'store-write.mjs', 'bin.mjs']
const npmInstall = ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error']

const [scratch] = process.argv.slice(2)
const consumer = join(scratch, 'consumer')
const packages = publishablePackages()

const createProject = (folder, manifest) => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', ...manifest }))
  return mustRun(npmInstall, { cwd: folder })
}

/** Overrides, so that also the packages' dependencies on each other are the tarballs and not a registry's copies. */
const createConsumer = () => {
  const dependencies = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:../tarballs/${tarball}`]))
  const overrides = Object.fromEntries(packages.map(({ name }) => [name, `$${name}`]))
  cpSync(join('.ci', 'packed'), consumer, { recursive: true })
  writeFileSync(join(consumer, 'doors.json'), JSON.stringify(packages.flatMap(({ doors }) => doors)))
  return createProject(consumer, { dependencies, overrides })
}

const nodeFolder = (version) => join(scratch, `node-${version}`)

const installNode = (version) =>
  createProject(nodeFolder(version), { dependencies: { node: version }, allowScripts: { node: true } })

const tryOn = (version) => {
  process.stdout.write(`-- Node ${version}\n`)
  const node = join(nodeFolder(version), 'node_modules', '.bin', 'node')
  const report = resolve('.ci', 'reports', `packed-${version}.tap`)
  const reporters = ['spec', 'stdout', 'tap', report].map((value, index) =>
    index % 2 === 0 ? `--test-reporter=${value}` : `--test-reporter-destination=${value}`,
  )
  return exitCodeOf([node, '--test', '--test-timeout=60000', ...reporters, ...programs], { cwd: consumer })
}

await Promise.all([createConsumer(), ...nodeVersions.map(installNode)])
for (const version of nodeVersions) if ((await tryOn(version)) !== 0) process.exitCode = 1

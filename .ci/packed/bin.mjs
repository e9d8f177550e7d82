import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

/** The bin's first line asks `env` for a Node: it must find the one that is tried. */
const PATH = dirname(process.execPath) + delimiter + process.env.PATH

test('mayfly --version says the version of its package', async () => {
  const manifest = JSON.parse(await readFile('node_modules/@mayfly/cli/package.json', 'utf8'))
  const { stdout } = await promisify(execFile)(join('node_modules', '.bin', 'mayfly'), ['--version'], {
    env: { ...process.env, PATH },
  })
  assert.equal(stdout.trim(), manifest.version)
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIG_FILE, readConfigFile } from './config-file.ts'

const folderWith = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mayfly-config-'))
  writeFileSync(join(folder, CONFIG_FILE), text)
  return folder
}

test('a folder without a file has an empty configuration', () => {
  expect(readConfigFile(mkdtempSync(join(tmpdir(), 'mayfly-config-')))).toEqual({})
})

test('reads what the file says, byte order mark or not', () => {
  expect(readConfigFile(folderWith('\uFEFF{ "useWorkers": true, "timeout": "5m" }'))).toEqual({
    useWorkers: true,
    timeout: '5m',
  })
})

test('refuses what is not a regular file: reading a pipe would never end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mayfly-config-'))
  execFileSync('mkfifo', [join(folder, CONFIG_FILE)])
  expect(() => readConfigFile(folder)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('not a regular file') }),
  )
})

test.each([
  ['{ "mode": ', /expected JSON/],
  ['[]', /expected object/],
  ['{ "useWorker": true }', /useWorker.*known keys are useWorkers, mode/],
  ['{ "useWorkers": 1 }', /useWorkers/],
])('refuses %s, naming the file, and leaves it alone', (text, message) => {
  const folder = folderWith(text)
  expect(() => readConfigFile(folder)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
  )
  expect(() => readConfigFile(folder)).toThrow(join(folder, CONFIG_FILE))
  expect(readFileSync(join(folder, CONFIG_FILE), 'utf8')).toBe(text)
})

import { execFileSync, execSync, spawnSync } from 'node:child_process'
import { pbkdf2, pbkdf2Sync, randomBytes } from 'node:crypto'
import { openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'

/* Calls into native code that no termination reaches, and crashes in it. */
export const execSyncSleep = ({ id }) => execSync(`sleep 600.${id}`)

export const spawnSyncSleep = ({ id }) => spawnSync('sleep', [`600.${id}`]).status

export const pbkdf2Blocking = () => pbkdf2Sync('password', 'salt', 6_000_000, 64, 'sha512').length

export const pbkdf2Pool = async () => {
  const once = () =>
    new Promise((resolve) => pbkdf2('password', 'salt', 3_000_000, 64, 'sha512', (_error, key) => resolve(key.length)))
  await Promise.all(Array.from({ length: 8 }, once))
  return 'derived'
}

export const opensFifo = ({ folder }) => openSync(makeFifo(folder))

export const opensFifosInPool = async ({ folder }) => {
  const fifo = makeFifo(folder)
  await Promise.all(Array.from({ length: 4 }, () => open(fifo)))
  return 'opened'
}

export const brotliBlocking = () => {
  return brotliCompressSync(randomBytes(8_000_000)).length
}

export const longSearch = () => {
  return 'a'.repeat(8_000_000).lastIndexOf(`${'a'.repeat(2000)}b`)
}

export const killSigkill = () => killMyself('SIGKILL')

export const killSigterm = () => killMyself('SIGTERM')

export const killSigsegv = () => killMyself('SIGSEGV')

export const killSigstop = () => killMyself('SIGSTOP')

export const killGroup = () => {
  process.kill(0, 'SIGKILL')
  return forever()
}

export const abort = () => process.abort()

export const nativeCrash = async () => {
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--allow-natives-syntax')
  new Function('%AbortJS("x")')()
}

const killMyself = (signal) => {
  process.kill(process.pid, signal)
  return forever()
}

const forever = () => new Promise(() => setInterval(() => {}, 1000))

const makeFifo = (folder) => {
  const path = join(folder, 'fifo')
  execFileSync('mkfifo', [path])
  return path
}

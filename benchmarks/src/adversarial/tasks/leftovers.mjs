import { spawn } from 'node:child_process'
import { openSync, watch } from 'node:fs'
import { createServer } from 'node:net'
import { Worker } from 'node:worker_threads'

/* What a task may leave behind when it returns, or is ended. */
const forever = () => new Promise(() => setInterval(() => {}, 1000))
const quiet = { stdio: 'ignore' }

const started = (child) =>
  new Promise((resolve, reject) => {
    child.once('spawn', () => setTimeout(() => resolve(child.pid), 50))
    child.once('error', reject)
  })

const shell = (script, options = {}) => started(spawn('sh', ['-c', script], { ...quiet, ...options }))

export const leavesServer = ({ port }) =>
  new Promise((resolve) => createServer(() => {}).listen(port, '127.0.0.1', () => resolve('listening')))

export const leavesServerAndSpins = async (input) => {
  await leavesServer(input)
  for (;;);
}

export const leavesFds = () => Array.from({ length: 1000 }, () => openSync('/dev/null', 'r')).length

export const leavesFdsAndSpins = () => {
  leavesFds()
  for (;;);
}

export const leavesWatchers = ({ folder }) => Array.from({ length: 20 }, () => watch(folder)).length

export const leavesTimers = () => {
  for (let index = 0; index < 1000; index++) setInterval(() => {}, 1)
  return 'ticking'
}

export const leavesThread = () => {
  new Worker('for (;;);', { eval: true })
  return new Promise((resolve) => setTimeout(resolve, 100, 'a thread spins'))
}

export const leavesManyThreads = () => {
  for (let count = 0; count < 10; count++) new Worker('setInterval(() => {}, 1000)', { eval: true })
  return new Promise((resolve) => setTimeout(resolve, 200, 'ten threads wait'))
}

export const leavesChild = async ({ id }) => await started(spawn('sleep', [`600.${id}`], quiet))

export const leavesChildAndSpins = async (input) => {
  await leavesChild(input)
  for (;;);
}

export const leavesChildAndExits = async (input) => {
  await leavesChild(input)
  process.exit(0)
}

export const leavesContextChild = async ({ id }, context) => {
  const start = context?.spawn ?? spawn
  return await started(start('sleep', [`600.${id}`], quiet))
}

export const leavesDetachedChild = async ({ id }) => {
  const child = spawn('sleep', [`600.${id}`], { ...quiet, detached: true })
  child.unref()
  return await started(child)
}

export const returnsThenSpawns = ({ id }) => {
  setImmediate(() => {
    for (let count = 0; count < 10; count++)
      spawn('setsid', ['sleep', `600.${id}`], { ...quiet, detached: true }).unref()
  })
  return 'returned first'
}

export const spawnsWhenAborted = ({ id }, context) => {
  context?.signal?.addEventListener('abort', () => void leavesDaemon({ id }))
  return forever()
}

export const leavesDaemonAndExits = async (input) => {
  await leavesDaemon(input)
  process.exit(0)
}

export const leavesSetsidGrandchild = async ({ id }) => await shell(`setsid sleep 600.${id} & wait`)

export const leavesDaemon = async ({ id }) => await shell(`setsid sh -c 'setsid sleep 600.${id} &' &`)

export const leavesClearedGrandchild = async ({ id }) => await shell(`env -i setsid sleep 600.${id} & wait`)

export const leavesClearedDaemon = async ({ id }) =>
  await shell(`setsid env -i PATH="$PATH" sh -c 'setsid sleep 600.${id} &' &`)

export const forkBombLite = async ({ id }) => {
  await Promise.all(Array.from({ length: 20 }, () => leavesChild({ id })))
  return await forever()
}

export const respawningChildren = async ({ id }) => await shell(`while :; do sleep 600.${id}; done`)

export const stubbornChild = async ({ id }) =>
  await started(
    spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e3)', id], quiet),
  )

export const pipedChild = async ({ id }) => {
  const child = spawn('sh', ['-c', `yes ${id}`], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdout.pause()
  return await started(child)
}

export const spawnFlood = async ({ id }, context) => {
  const start = context?.spawn ?? spawn
  for (;;) {
    start('sleep', [`600.${id}`], quiet)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

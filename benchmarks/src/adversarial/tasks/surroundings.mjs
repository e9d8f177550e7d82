import { closeSync } from 'node:fs'
import * as os from 'node:os'

/* What a task may do to what it shares with others. */
const forever = () => new Promise(() => setInterval(() => {}, 1000))

export const chdir = () => {
  process.chdir('/')
  return process.cwd()
}

export const umask = () => process.umask(0)

export const writesEnvironment = () => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  process.env.PATH = '/nowhere'
  process.env.NODE_OPTIONS = '--bad-option'
  return Object.keys(process.env).length
}

export const writesTitle = () => {
  process.title = 'renamed'
  return process.title
}

export const lowersPriority = () => {
  os.setPriority(19)
  return os.getPriority()
}

export const deletesGlobals = () => {
  for (const name of [
    'Promise',
    'setTimeout',
    'setImmediate',
    'queueMicrotask',
    'Error',
    'Buffer',
    'structuredClone',
  ]) {
    Reflect.deleteProperty(globalThis, name)
  }
  process.nextTick = undefined
  return 'deleted'
}

export const breaksPrototypes = () => {
  const broken = () => {
    throw new Error('broken')
  }
  for (const name of ['push', 'map', 'forEach', 'join', 'slice']) Reflect.set(Array.prototype, name, broken)
  for (const name of ['then', 'catch', 'finally']) Reflect.set(Promise.prototype, name, broken)
  for (const name of ['get', 'set', 'has']) Reflect.set(Map.prototype, name, broken)
  return 'broken'
}

export const pollutesObjects = () => {
  for (const name of ['brand', 'type', 'code', 'value', 'sequence', 'transfer', 'signal']) {
    Object.defineProperty(Object.prototype, name, { value: 'polluted', configurable: true, writable: true })
  }
  return { answer: 42 }
}

export const definesThenOnObjects = () => {
  Object.defineProperty(Object.prototype, 'then', {
    configurable: true,
    value: () => {
      for (;;);
    },
  })
  return {}
}

export const freezesEverything = () => {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = Reflect.get(globalThis, name)
    if (typeof value === 'function') Object.freeze(value.prototype)
  }
  return 'frozen'
}

export const breaksProcess = () => {
  for (const name of ['exit', 'on', 'emit', 'nextTick', 'reallyExit', 'hrtime', 'memoryUsage', 'threadCpuUsage']) {
    process[name] = () => {
      throw new Error(`no ${name}`)
    }
  }
  return 'broken'
}

export const removesListeners = () => {
  process.removeAllListeners()
  setTimeout(() => {
    throw new Error('nobody listens')
  }, 20)
  return forever()
}

export const destroysStdout = () => {
  process.stdout.destroy()
  process.stderr.end('the end')
  console.log('written after the end')
  return 'destroyed'
}

export const opensInspector = async () => {
  const inspector = await import('node:inspector')
  inspector.open(0, '127.0.0.1')
  return typeof inspector.url()
}

/** File descriptors belong to the process, whichever thread closes them. */
export const closesForeignFds = () => {
  for (let fd = 0; fd < 64; fd++) {
    try {
      closeSync(fd)
    } catch {}
  }
  return forever()
}

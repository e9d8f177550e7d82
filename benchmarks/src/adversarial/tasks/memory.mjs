/* Bombs. Each grows without end, or far beyond every limit in one call. */
const keep = []
const forever = () => new Promise(() => setInterval(() => {}, 1000))

export const mapBomb = () => {
  for (;;) {
    const map = new Map()
    keep.push(map)
    for (let index = 0; index < 8_000_000; index++) map.set(index, index)
  }
}

export const setBomb = () => {
  for (;;) {
    const set = new Set()
    keep.push(set)
    for (let index = 0; index < 8_000_000; index++) set.add(index)
  }
}

export const dictionaryBomb = () => {
  const dictionary = {}
  for (let index = 0; ; index++) dictionary[`key${index}`] = index
}

export const objectsBomb = () => {
  for (let index = 0; ; index++) keep.push({ index, text: `item ${index}` })
}

export const asyncObjectsBomb = async () => {
  for (;;) {
    for (let index = 0; index < 10_000; index++) keep.push({ index, text: `item ${index}` })
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export const joinBomb = () => {
  for (;;) keep.push(Array.from({ length: 2_000_000 }, (_, index) => `part${index}${keep.length}`).join('-'))
}

export const ropeBomb = () => {
  let text = 'x'
  for (;;) {
    keep.push(text)
    text = text.length < 2 ** 27 ? text + text : `${keep.length}`
    keep.push(`${text}!`.replaceAll('!', '?'))
  }
}

export const jsonParseBomb = () => {
  for (;;) keep.push(JSON.parse(`[${'{"a":[1,2,{"b":"c"}]},'.repeat(300_000)}0]`))
}

export const arrayFill = () => {
  keep.push(new Array(100_000_000).fill({}))
  return 'filled'
}

export const closuresBomb = () => {
  for (let index = 0; ; index++) {
    const data = [index, `closure ${index}`]
    keep.push(() => data)
  }
}

export const bigintBomb = () => {
  let number = 3n
  for (;;) {
    keep.push(number)
    number = number < 2n ** 8_000_000n ? number * number : number + 1n
  }
}

export const bufferBomb = () => {
  for (;;) keep.push(Buffer.alloc(4 * 1024 * 1024, 1))
}

export const smallBuffersBomb = () => {
  for (;;) keep.push(new Uint8Array(1024).fill(1))
}

export const sharedMemoryBomb = () => {
  for (;;) {
    const memory = new Uint8Array(new SharedArrayBuffer(8 * 1024 * 1024))
    keep.push(memory.fill(1))
    pause(5)
  }
}

export const wasmMemoryBomb = () => {
  for (;;) {
    const memory = new WebAssembly.Memory({ initial: 128 })
    keep.push(new Uint8Array(memory.buffer).fill(1))
    pause(5)
  }
}

export const untouchedBuffers = async () => {
  for (let count = 0; count < 20; count++) keep.push(new ArrayBuffer(100 * 1024 * 1024))
  await new Promise((resolve) => setTimeout(resolve, 200))
  return 'none of it was touched'
}

export const gigabyteFill = () => {
  keep.push(new Uint8Array(2 ** 30).fill(1))
  return 'filled'
}

export const slowGrowth = async () => {
  for (let step = 0; ; step++) {
    keep.push(Array.from({ length: 50_000 }, (_, index) => ({ step, index })))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export const cloneBomb = () => {
  const value = Array.from({ length: 200_000 }, (_, index) => ({ index }))
  for (;;) keep.push(structuredClone(value))
}

export const recursion = () => {
  const again = (depth) => again(depth + 1) + 1
  return again(0)
}

export const jsonNesting = () => JSON.parse('['.repeat(1_000_000))

export const stringifyNesting = () => {
  let value = []
  for (let depth = 0; depth < 1_000_000; depth++) value = [value]
  return JSON.stringify(value).length + String(value).length
}

export const promiseBomb = () => {
  for (;;) keep.push(new Promise(() => {}).then(() => {}))
}

export const timersBomb = () => {
  for (let index = 0; ; index++) keep.push(setTimeout(() => index, 1_000_000))
}

/** A thread that a worker has made: whoever watches the worker does not see its heap. */
export const nestedWorkerBomb = async () => {
  const { Worker } = await import('node:worker_threads')
  const code = 'const keep = []; for (let index = 0; ; index++) keep.push({ index, text: "item " + index })'
  keep.push(new Worker(code, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8192 } }))
  return await forever()
}

/** Raises V8's limits for all isolates of the process before it starts to grow. */
export const flagsThenMapBomb = async () => {
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--max-old-space-size=64')
  return mapBomb()
}

export const flagsThenRecursion = async () => {
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--stack-size=1000000')
  return new Function('const again = (depth) => again(depth + 1) + 1; return again(0)')()
}

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

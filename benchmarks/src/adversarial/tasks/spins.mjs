/* Code that never gives way. */
export const spin = () => {
  for (;;);
}

export const tryCatchSpin = () => {
  for (;;) {
    try {
      throw new Error('again')
    } catch {}
  }
}

export const finallySpin = () => {
  const again = () => {
    try {
      again()
    } finally {
      again()
    }
  }
  again()
}

export const microtaskSpin = async () => {
  for (;;) await null
}

export const nextTickSpin = () =>
  new Promise(() => {
    const again = () => process.nextTick(again)
    again()
  })

export const immediateSpin = () =>
  new Promise(() => {
    const again = () => setImmediate(again)
    again()
  })

export const catastrophicRegexp = () => /^(a+)+$/.test(`${'a'.repeat(40)}b`)

export const atomicsWait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)

/** (module (func (export "spin") (loop (br 0)))) */
const endlessLoop = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 115, 112, 105, 110, 0, 0],
  ...[10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11],
)

export const wasmLoop = () => new WebAssembly.Instance(new WebAssembly.Module(endlessLoop)).exports.spin()

export const sortSpin = () =>
  Array.from({ length: 1000 }, (_, index) => index).sort(() => {
    for (;;);
  })

export const gcThrash = () => {
  for (;;) globalThis.kept = Array.from({ length: 100_000 }, (_, index) => ({ index }))
}

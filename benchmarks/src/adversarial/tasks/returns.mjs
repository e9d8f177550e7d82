/* Values that cannot leave a worker, or should not. */
export const returnsFunction = () => () => 'a function'

export const returnsNestedFunction = () => ({ list: [{ deep: { handler: () => {} } }] })

export const returnsUndefined = () => undefined

export const returnsSymbol = () => Symbol('mine')

export const returnsCircular = () => {
  const value = { name: 'circular' }
  value.self = value
  return value
}

export const returns100Mb = () => Buffer.alloc(100 * 1024 * 1024, 1)

export const returnsHugeString = () => 'x'.repeat(100 * 1024 * 1024)

export const returnsMillionKeys = () =>
  Object.fromEntries(Array.from({ length: 1_000_000 }, (_, index) => [`k${index}`, index]))

export const returnsThrowingGetter = () => ({
  get value() {
    throw new Error('the getter throws')
  },
})

export const returnsSpinningGetter = () => ({
  get value() {
    for (;;);
  },
})

/** Its getter is called while the value is on its way out, and speaks on the same channel. */
export const returnsLoggingGetter = (_input, context) => ({
  get total() {
    console.log('computing the total')
    context?.progress?.('computing')
    return 42
  },
})

export const returnsEndlessGetters = () => {
  const next = () => ({
    get more() {
      return next()
    },
  })
  return next()
}

export const returnsHostileProxy = () => hostile({})

export const returnsDeepNesting = () => {
  let value = {}
  for (let depth = 0; depth < 200_000; depth++) value = { value }
  return value
}

export const returnsPort = () => new MessageChannel().port1

export const returnsSharedMemory = () => new SharedArrayBuffer(1024)

export const returnsWeakMap = () => new WeakMap()

const hostile = (target) =>
  new Proxy(
    target,
    Object.fromEntries(
      Object.getOwnPropertyNames(Reflect).map((trap) => [
        trap,
        () => {
          throw new Error(`trap ${trap}`)
        },
      ]),
    ),
  )

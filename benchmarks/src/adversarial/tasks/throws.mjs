/* Things to throw. */
export const throwsUndefined = () => {
  throw undefined
}

export const throwsNull = () => {
  throw null
}

export const throwsString = () => {
  throw 'just a string'
}

export const throwsSymbol = () => {
  throw Symbol('thrown')
}

export const throwsFunction = () => {
  throw () => {}
}

export const throwsCustomClass = () => {
  class PaymentError extends Error {
    name = 'PaymentError'
    code = 'E_PAYMENT'
    info = { amount: 12, nested: [1, 2] }
  }
  throw new PaymentError('custom', { cause: new Error('the cause') })
}

export const throwsThrowingGetters = () => {
  const error = new Error('hidden')
  for (const key of ['name', 'message', 'stack', 'code', 'cause']) {
    Object.defineProperty(error, key, {
      get() {
        throw new Error(`getter of ${key}`)
      },
    })
  }
  throw error
}

export const throwsHostileProxy = () => {
  const traps = Object.getOwnPropertyNames(Reflect).map((trap) => [
    trap,
    () => {
      throw new Error(`trap ${trap}`)
    },
  ])
  throw new Proxy(new Error('inside'), Object.fromEntries(traps))
}

export const throwsHugeMessage = () => {
  throw new Error('x'.repeat(100_000_000))
}

export const throwsDeepCauses = () => {
  let error = new Error('the first')
  for (let depth = 0; depth < 20_000; depth++) error = new Error(`level ${depth}`, { cause: error })
  throw error
}

export const throwsCircularCause = () => {
  const error = new Error('its own cause')
  error.cause = error
  throw error
}

export const throwsSpinningMessage = () => {
  const error = new Error('never seen')
  Object.defineProperty(error, 'message', {
    get() {
      for (;;);
    },
  })
  throw error
}

export const throwsManyFields = () => {
  throw Object.assign(
    new Error('many fields'),
    Array.from({ length: 300_000 }, (_, index) => `field ${index}`),
  )
}

export const throwsAggregate = () => {
  const nested = (depth) =>
    depth === 0 ? new Error('leaf') : new AggregateError([nested(depth - 1), nested(depth - 1)])
  throw nested(14)
}

export const throwsAfterPatchingErrors = () => {
  Error.prepareStackTrace = () => {
    throw new Error('no stack for you')
  }
  Error.stackTraceLimit = Number.POSITIVE_INFINITY
  throw new Error('after patching')
}

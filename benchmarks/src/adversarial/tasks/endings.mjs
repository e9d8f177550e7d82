/* Ways to end, or not to end, that are none of the expected ones. */
const forever = () => new Promise(() => setInterval(() => {}, 1000))

export const exit0 = () => process.exit(0)

export const exit7 = () => process.exit(7)

export const exitCode3 = () => {
  process.exitCode = 3
  return 'returned all the same'
}

export const reallyExit = () => process.reallyExit(9)

export const exitLater = () => {
  setTimeout(() => process.exit(0), 20)
  return forever()
}

export const neverSettles = () => new Promise(() => {})

export const neverSettlesButLives = () => forever()

export const throwsLater = () => {
  setTimeout(() => {
    throw new Error('from a timer')
  }, 20)
  return forever()
}

export const rejectsUnhandled = () => {
  void Promise.reject(new Error('nobody waits for this'))
  return forever()
}

export const returnsThenThrows = () => {
  setImmediate(() => {
    throw new Error('after the result')
  })
  return 'returned first'
}

export const returnsThenSpins = () => {
  setImmediate(() => {
    for (;;);
  })
  return 'returned first'
}

export const returnsThenExits = () => {
  setImmediate(() => process.exit(5))
  return 'returned first'
}

export const settlesTwice = () => ({
  // biome-ignore lint/suspicious/noThenProperty: that is the point
  then(resolve, reject) {
    resolve('first')
    resolve('second')
    reject(new Error('third'))
    throw new Error('fourth')
  },
})

export const thenGetterThrows = () => ({
  // biome-ignore lint/suspicious/noThenProperty: that is the point
  get then() {
    throw new Error('no then for you')
  },
})

export const thenableSpins = () => ({
  // biome-ignore lint/suspicious/noThenProperty: that is the point
  then() {
    for (;;);
  },
})

export const swallowsUncaught = () => {
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', () => {})
  setInterval(() => {
    throw new Error('again and again')
  }, 5)
  return forever()
}

export const capturesUncaught = () => {
  process.setUncaughtExceptionCaptureCallback(() => {})
  setTimeout(() => {
    throw new Error('captured')
  }, 5)
  return forever()
}

export const endlessExitHandler = () => {
  process.on('exit', () => {
    for (;;);
  })
  return 'returned before the end'
}

export const exitsIntoEndlessHandler = () => {
  process.on('exit', () => {
    for (;;);
  })
  process.exit(0)
}

export const refusesToExit = () => {
  process.on('exit', () => {
    throw new Error('I will not go')
  })
  process.exit(0)
}

export const rejectsUndefinedUnhandled = () => {
  void Promise.reject(undefined)
  return forever()
}

export const throwsInUncaughtHandler = () => {
  process.on('uncaughtException', () => {
    throw new Error('from the handler')
  })
  setTimeout(() => {
    throw new Error('first')
  }, 5)
  return forever()
}

export const spinsOnRejection = () => {
  process.on('unhandledRejection', () => {
    for (;;);
  })
  void Promise.reject(new Error('nobody waits for this'))
  return forever()
}

export const returnsWhenAborted = (_input, context) =>
  new Promise((resolve) => {
    const alive = setInterval(() => {}, 1000)
    context?.signal?.addEventListener('abort', () => {
      clearInterval(alive)
      resolve('too late')
    })
  })

export const throwsWhenAborted = (_input, context) => {
  context?.signal?.addEventListener('abort', () => {
    throw new Error('in the abort handler')
  })
  return forever()
}

/** The abort handler spins instead of cleaning up. */
export const spinsWhenAborted = (_input, context) => {
  context?.signal?.addEventListener('abort', () => {
    for (;;);
  })
  return forever()
}

export const ignoresAbort = async () => {
  for (;;) await new Promise((resolve) => setTimeout(resolve, 10))
}

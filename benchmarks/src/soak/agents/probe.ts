import { isMainThread } from 'node:worker_threads'

/* Imported by a host before anything else: answers each message of whoever started it with what the host holds. */

// Workers inherit the import; they have neither the variable nor a look to offer.
if (isMainThread && process.env['MAYFLY_SOAK_PROBE'] === '1' && process.send !== undefined) {
  const { takeStock } = await import('../belongings.ts')
  process.on('message', (message) => {
    if (message === 'take stock') process.send?.(takeStock())
  })
  process.channel?.unref()
  // Whoever started it is gone: it must not serve on for ever.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}

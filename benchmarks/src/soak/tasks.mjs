/* What a long day brings: tasks that make garbage, fail, hang, leave children behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export const nothing = (input) => input

export const garbage = (megabytes) => {
  let kept = 0
  for (let made = 0; made < megabytes; made++) {
    const rows = Array.from({ length: 8192 }, (_, index) => ({ index, text: `row ${index} of ${made}` }))
    kept += rows.length
  }
  return kept
}

export const buffers = (megabytes) => {
  const all = Array.from({ length: megabytes }, () => Buffer.alloc(1024 * 1024, 1))
  return all.length
}

export const fail = (message) => {
  throw Object.assign(new Error(message), { code: 'SOAKED', details: 'd'.repeat(1000) })
}

export const exit = (code) => process.exit(code)

export const spin = () => {
  for (;;);
}

export const neverSettle = () => new Promise(() => {})

export const chatter = (lines, context) => {
  for (let line = 0; line < lines; line++) {
    context.log(`line ${line}`)
    context.progress({ line })
  }
  return lines
}

/** One through the context and one past it, both left running. */
export const leaveChildren = async (_input, context) => {
  const children = [
    context.spawn('sleep', ['600'], { stdio: 'ignore' }),
    spawn('sleep', ['600'], { stdio: 'ignore', detached: true }),
  ]
  await Promise.all(children.map((child) => once(child, 'spawn')))
  return children.map((child) => child.pid)
}

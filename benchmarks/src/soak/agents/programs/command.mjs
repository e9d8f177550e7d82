// Programs as people write them, and worse. `command.mjs <behaviour>`; the prompt comes on stdin.
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync, writeSync } from 'node:fs'

const MB = 1024 ** 2

const print = (line) => process.stdout.write(`${line}\n`)
const complain = (line) => process.stderr.write(`${line}\n`)

const flood = () => {
  const block = Buffer.alloc(MB, 'flood ')
  for (let written = 0; written < 64 * MB; ) written += tryWrite(block)
}

/** The pipe may be full for a moment. */
const tryWrite = (block) => {
  try {
    return writeSync(1, block)
  } catch (error) {
    if (error.code === 'EAGAIN') return 0
    throw error
  }
}

const behaviours = {
  answer: () => print('All is well.'),
  silent: () => {},
  fails: () => {
    complain('no such thing')
    process.exitCode = 3
  },
  daemon: () => {
    spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref()
    print('I left somebody behind.')
  },
  stubborn: () => {
    process.on('SIGTERM', () => print('no'))
    setInterval(() => print('still here'), 100)
  },
  flood,
  tells: () => print(`My token is ${process.env.SOAK_TOKEN}; all I see: ${JSON.stringify(process.env)}`),
  /** Rejects what it looks at once, then accepts it. */
  review: () => {
    if (existsSync('reviewed')) return print('Accepted.')
    writeFileSync('reviewed', '')
    complain('not good enough')
    process.exitCode = 1
  },
}

behaviours[process.argv[2]]()

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { endMarkedProcesses } from './end-marked.ts'
import { WORKER_MARKER } from './worker-marker.ts'

const sleeper = (mark: string) =>
  spawn('sleep', ['1000'], { stdio: 'ignore', detached: true, env: { ...process.env, [WORKER_MARKER]: mark } })

test.skipIf(process.platform !== 'linux')(
  'ends what carries the mark of one of the workers, and nothing else',
  async () => {
    const [lost, nested, other] = [sleeper('lost-1'), sleeper('outer/lost-2'), sleeper('alive-1')]
    const gone = Promise.all([once(lost, 'exit'), once(nested, 'exit')])
    const ended = await endMarkedProcesses(['lost-1', 'lost-2'])
    expect(ended.toSorted()).toEqual([lost.pid, nested.pid].toSorted())
    await gone
    expect(other.exitCode ?? other.signalCode).toBeNull()
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect(await endMarkedProcesses([])).toEqual([])
  },
)

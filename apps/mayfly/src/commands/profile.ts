import { resolve } from 'node:path'
import { type ControlResult, parseDuration, profileSession } from '@mayfly/orchestrator-entry'
import { print, printJson, writeError } from '../output.ts'
import { formatDuration } from '../table.ts'
import { type ReadingOptions, surroundingsOf } from './surroundings.ts'

export interface ProfileCommandOptions extends ReadingOptions {
  /** True without a duration. */
  readonly cpu?: string | true
  readonly heap?: boolean
  readonly out?: string
}

const DEFAULT_CPU_MS = 5000

/** How often somebody who waits is told that something still happens. */
const TELL_EVERY_MS = 5000

export const profileCommand = async (id: string, options: ProfileCommandOptions): Promise<void> => {
  const kind = kindOf(options)
  const milliseconds = kind === 'cpu' ? cpuDuration(options.cpu) : undefined
  const file = resolve(options.out ?? defaultName(id, kind))
  const interruption = new Interruption()
  const said = new Progress(
    kind === 'cpu' ? `looking for ${formatDuration(milliseconds ?? 0)}` : 'taking a heap snapshot',
  )
  try {
    const profile = { kind, file, ...(milliseconds !== undefined && { milliseconds }) }
    const asking = { signal: interruption.signal, onAccepted: () => said.start() }
    printProfile(await profileSession(surroundingsOf(options), id, { ...profile, ...asking }), options.json)
  } catch (error) {
    if (interruption.exitCode === undefined) throw error
    reportCancelled(options.json)
    process.exitCode = interruption.exitCode
  } finally {
    said.stop()
    interruption.stop()
  }
}

const reportCancelled = (asJson = false): void => {
  const message = 'Interrupted: no profile was written.'
  if (asJson) printJson({ error: { name: 'ProfileError', code: 'PROFILE_CANCELLED', message } })
  writeError(`${message}\n`)
}

const printProfile = (result: ControlResult, asJson = false): void =>
  asJson ? printJson({ profile: result }) : print(result.path)

const kindOf = ({ cpu, heap }: ProfileCommandOptions): 'cpu' | 'heap' => {
  if (cpu !== undefined && heap === true) throw usage('Options --cpu and --heap: expected one of them, got both.')
  return heap === true ? 'heap' : 'cpu'
}

const cpuDuration = (given: string | true | undefined): number => {
  if (given === undefined || given === true) return DEFAULT_CPU_MS
  const milliseconds = parseDuration(given)
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= 600_000) return milliseconds
  throw usage(`Option --cpu: expected a duration such as 5s, up to 10m, got "${given}".`)
}

/** In the folder where the command is given; the ending is what Chromium's developer tools expect. */
const defaultName = (id: string, kind: 'cpu' | 'heap'): string => {
  const time = new Date().toISOString().replace(/[:.]/g, '-')
  return `${id.replace(/[^\w.-]/g, '_')}-${time}.${kind === 'cpu' ? 'cpuprofile' : 'heapsnapshot'}`
}

const usage = (message: string): Error => Object.assign(new Error(message), { code: 'SETTING_INVALID' })

/** On stderr: that it was begun, and now and then that it goes on. */
class Progress {
  readonly #what: string
  #timer: NodeJS.Timeout | undefined

  constructor(what: string) {
    this.#what = what
  }

  start(): void {
    const startedAt = Date.now()
    writeError(`${this.#what} …\n`)
    this.#timer = setInterval(() => {
      writeError(`${this.#what}: ${formatDuration(Date.now() - startedAt)} so far\n`)
    }, TELL_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

/** A signal hangs up on the host, which then lets go of the worker. */
class Interruption {
  readonly #hangUp: AbortController = new AbortController()
  /** Undefined as long as there was no signal. */
  exitCode: number | undefined
  readonly #onSignal = (signal: keyof typeof EXIT_CODES): void => {
    this.exitCode = EXIT_CODES[signal]
    this.#hangUp.abort()
  }

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, this.#onSignal)
  }

  get signal(): AbortSignal {
    return this.#hangUp.signal
  }

  stop(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, this.#onSignal)
  }
}

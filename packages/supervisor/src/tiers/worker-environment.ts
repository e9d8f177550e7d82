import { WORKER_MARKER, workerMark } from '../children/worker-marker.ts'
import { COMPILE_CACHE } from './compile-cache.ts'
import type { WorkerStart } from './transport.ts'

/**
 * What a worker sees of the supervisor's environment unless told otherwise: where programs and folders are, language
 * and time zone. No key, token or option of the supervisor's own gets in.
 */
export const DEFAULT_ENVIRONMENT_ALLOW_LIST: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
]

/**
 * Environments of workers, as they were when their tasks came. Tasks that add nothing share one object, or a million that wait
 * would hold a million copies; and one turn reads the environment once, for each variable of it is a call into the system.
 */
export class WorkerEnvironments {
  readonly #allowList: readonly string[]
  #last: Readonly<Record<string, string>> = {}
  #isFresh = false

  constructor(allowList: readonly string[] = DEFAULT_ENVIRONMENT_ALLOW_LIST) {
    this.#allowList = allowList
  }

  with(added: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    const allowed = this.#allowed()
    return Object.keys(added).length === 0 ? allowed : { ...allowed, ...added }
  }

  #allowed(): Readonly<Record<string, string>> {
    if (this.#isFresh) return this.#last
    const hasChanged = this.#allowList.some((name) => process.env[name] !== this.#last[name])
    if (hasChanged) this.#last = readEnvironment(this.#allowList)
    this.#isFresh = true
    queueMicrotask(() => {
      this.#isFresh = false
    })
    return this.#last
  }
}

const readEnvironment = (names: readonly string[]): Record<string, string> => {
  const allowed = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(allowed)
}

/** What all workers of a supervisor have in common. */
export interface Surroundings {
  /** What the markers of all of them begin with. */
  readonly supervisorMark: string
  /** A folder where workers keep compiled code. */
  readonly compileCache: string | undefined
}

/**
 * As a worker gets it: with the marker by which everything that it starts is found again, and the folder of compiled code; a
 * restricted worker could not read that.
 */
export const markedEnvironment = (
  { environment, workerId, permissions }: Pick<WorkerStart, 'environment' | 'permissions' | 'workerId'>,
  { supervisorMark, compileCache }: Surroundings,
): Record<string, string> => ({
  ...(compileCache === undefined || permissions !== undefined ? {} : { [COMPILE_CACHE]: compileCache }),
  ...environment,
  [WORKER_MARKER]: workerMark(workerId, supervisorMark),
})

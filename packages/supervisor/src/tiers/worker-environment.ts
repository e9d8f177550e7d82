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

export const workerEnvironment = (
  allowList: readonly string[],
  added: Readonly<Record<string, string>>,
): Record<string, string> => {
  const allowed = allowList.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(allowed), ...added }
}

/**
 * As a worker gets it: with the marker by which everything that it starts is found again, and the folder of compiled code; a
 * restricted worker could not read that.
 */
export const markedEnvironment = (
  { environment, workerId, permissions }: Pick<WorkerStart, 'environment' | 'permissions' | 'workerId'>,
  compileCache: string | undefined,
): Record<string, string> => ({
  ...(compileCache === undefined || permissions !== undefined ? {} : { [COMPILE_CACHE]: compileCache }),
  ...environment,
  [WORKER_MARKER]: workerMark(workerId),
})

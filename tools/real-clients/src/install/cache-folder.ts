import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where installed clients are kept: `MAYFLY_CLIENTS_CACHE`, or a folder of the user's cache (XDG Base Directory Specification). */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = environment['MAYFLY_CLIENTS_CACHE'] ?? ''
  if (given !== '') return resolve(given)
  const cache = environment['XDG_CACHE_HOME'] ?? ''
  // The specification has relative paths ignored.
  return join(cache.startsWith('/') ? cache : join(homedir(), '.cache'), 'mayfly', 'clients')
}

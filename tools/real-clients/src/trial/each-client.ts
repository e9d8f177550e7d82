import { describe, inject } from 'vitest'
import type { InstalledClient } from '../install/install-client.ts'

/** The same trials for every client that was chosen. */
export function eachClient(try_: (client: InstalledClient) => void): void {
  describe.each(inject('clients').map((client) => [`${client.client} ${client.version}`, client] as const))(
    '%s',
    (_title, client) => try_(client),
  )
}

import type { TestProject } from 'vitest/node'
import { cacheFolder } from './cache-folder.ts'
import { parseClientChoice } from './client-choice.ts'
import { type InstalledClient, installClient } from './install-client.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly clients: readonly InstalledClient[]
  }
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Before all trials: the clients that are to be tried are installed, or found installed. */
export default async function installChosen(project: TestProject): Promise<void> {
  const clients: InstalledClient[] = []
  for (const chosen of parseClientChoice(process.env['MAYFLY_CLIENTS'])) {
    clients.push(await installClient(chosen, cacheFolder(), say))
  }
  project.provide('clients', clients)
}

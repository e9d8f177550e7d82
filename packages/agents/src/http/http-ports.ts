import { setTimeout } from 'node:timers/promises'
import type { Environment } from '../process/program-environment.ts'

/** What an HTTP agent takes from the process that it runs in. */
export interface HttpPorts {
  /** @default process.env */
  readonly environment: Environment
  /** Waits; rejects when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
}

export const systemPorts: HttpPorts = {
  environment: process.env,
  wait: (ms, signal) => setTimeout(ms, undefined, { signal }),
  random: Math.random,
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { ModelServer } from '@mayfly/model-server'
import { createOrchestrator, type Orchestrator, type PromptOptions, type RunRecord } from '@mayfly/orchestrator-entry'
import type { Delivery, Order } from './application.ts'
import { type Host, mayfly } from './host.ts'
import type { Scenario } from './scenario.ts'
import type { ScratchFolder } from './scratch-folder.ts'

export interface RunnerParts {
  readonly scratch: ScratchFolder
  readonly server: ModelServer
  readonly environment: Readonly<Record<string, string>>
  readonly application: () => Host
}

/** How a run has ended, after whatever interrupted it. */
export interface Ended {
  readonly scenario: Scenario
  readonly run: RunRecord
  /** How often it was interrupted and resumed. */
  readonly resumed: number
}

/** A run that has not ended by then is stuck. Milliseconds. */
const PATIENCE_MS = 180_000

/** What the command line calls the settings of scenarios. */
const optionNames: Readonly<Record<string, string>> = {
  attempts: '--attempts',
  isolation: '--isolation',
  timeoutMs: '--timeout',
  maxTokens: '--max-tokens',
  maxCostUsd: '--max-cost',
  maxAttempts: '--max-attempts',
}

/** Gives runs to whoever is to execute them, cancels those that are to be cancelled, and stays with each to its end. */
export class Runner {
  readonly #parts: RunnerParts
  readonly #orchestrator: Orchestrator

  constructor(parts: RunnerParts) {
    this.#parts = parts
    const { environment, scratch } = parts
    this.#orchestrator = createOrchestrator({ environment, cwd: scratch.path })
  }

  async run(scenario: Scenario): Promise<Ended> {
    await this.#begin(scenario)
    const over = new AbortController()
    const cancelling = this.#cancelInTime(scenario, over.signal)
    try {
      return await this.#follow(scenario)
    } finally {
      over.abort()
      await cancelling
    }
  }

  async close(): Promise<void> {
    await this.#orchestrator.cleanup()
  }

  async #begin(scenario: Scenario): Promise<void> {
    const { cwd, workflow, agentsFile } = this.#parts.scratch.openRun(scenario)
    const { runId, kind, settings } = scenario
    const prompt = `Soak ${runId}: ${kind}`
    const options: PromptOptions = {
      ...{ cwd, agentsFile, repeatable: true, ...settings },
      ...(scenario.isWhole && { steps: 'all' }),
    }
    const routing = { workflow }
    if (scenario.place === 'in place') return await this.#order({ runId, prompt, options, routing })
    if (scenario.place === 'command') return await this.#command(scenario, prompt, { cwd, workflow, agentsFile })
    await this.#orchestrator.submitPrompt(prompt, { ...options, runId }, routing)
  }

  /** Resolves when the run is on record. */
  async #order(order: Order): Promise<void> {
    const { process: application } = this.#parts.application()
    const refusal = new Promise<void>((resolve, reject) => {
      const listen = ({ runId, refused }: Delivery): void => {
        if (runId !== order.runId) return
        application.off('message', listen)
        if (refused === null) resolve()
        else reject(new Error(`Run ${runId} was refused: ${refused}`))
      }
      application.on('message', listen)
    })
    application.send(order)
    await Promise.race([refusal, this.#onRecord(order.runId)])
    refusal.catch(() => {})
  }

  async #command(
    { runId, isWhole, settings }: Scenario,
    prompt: string,
    { cwd, workflow, agentsFile }: Readonly<Record<'cwd' | 'workflow' | 'agentsFile', string>>,
  ): Promise<void> {
    const named = { '--run-id': runId, '--prompt': prompt, '--cwd': cwd, '--workflow': workflow, '--mode': 'worker' }
    const args = [
      ...[mayfly, 'run', '--repeatable', '--agents-file', agentsFile, ...Object.entries(named).flat()],
      ...(isWhole ? ['--all-steps'] : []),
      ...Object.entries(settings).flatMap(([name, value]) => [optionNames[name] ?? '', String(value)]),
    ]
    const log = openSync(this.#parts.scratch.logFile('commands'), 'a')
    const child = spawn(process.execPath, args, {
      ...{ cwd, env: this.#parts.environment, stdio: ['ignore', log, log] },
    })
    closeSync(log)
    const refusal = once(child, 'exit').then(async ([code]) => {
      if (code === 2) throw new Error(`mayfly run refused run ${runId}: see ${this.#parts.scratch.logFile('commands')}`)
    })
    await Promise.race([refusal, this.#onRecord(runId)])
    refusal.catch(() => {})
  }

  async #onRecord(runId: string): Promise<void> {
    while (!(await this.#isOnRecord(runId))) await delay(50)
  }

  async #isOnRecord(runId: string): Promise<boolean> {
    try {
      for await (const _news of this.#orchestrator.watchRun(runId)) return true
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'RUN_NOT_FOUND') throw error
    }
    return false
  }

  async #follow(scenario: Scenario): Promise<Ended> {
    const { runId } = scenario
    for (let resumed = 0; ; resumed++) {
      const run = await this.#end(runId)
      if (run.status !== 'interrupted') return { scenario, run, resumed }
      await this.#orchestrator.requeueRun(runId, 'resume')
    }
  }

  /** As it is after a long while, if it does not end: that is no ending that anything could be meant to have. */
  async #end(runId: string): Promise<RunRecord> {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    let last: RunRecord | undefined
    try {
      for await (const news of this.#orchestrator.watchRun(runId, { signal })) if (news.type === 'run') last = news.run
    } catch (error) {
      if (error !== signal.reason) throw error
    }
    if (last === undefined) throw new Error(`Run ${runId} is not on record`)
    return last
  }

  /** A host may be killed before it heeds it, so it is said until it is true. */
  async #cancelInTime(scenario: Scenario, over: AbortSignal): Promise<void> {
    const { runId, cancel } = scenario
    if (cancel === null) return
    while (!over.aborted) {
      const calls = this.#parts.server.exchanges().filter(({ model }) => model === cancel.model)
      const isOpen = calls.at(-1)?.ending === 'open'
      if (isOpen && calls.length >= cancel.afterCalls) await this.#orchestrator.cancelRun(runId, 'the soak says so')
      await delay(100, undefined, { signal: over }).catch(() => {})
    }
  }
}

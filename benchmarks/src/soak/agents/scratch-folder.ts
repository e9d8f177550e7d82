import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scenario, Stage } from './scenario.ts'

const programs = fileURLToPath(new URL('./programs/', import.meta.url))

/** Where a soak lives: the store, the folders of its runs, logs, temporary files. */
export class ScratchFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'mayfly-soak-'))
  /** Stands in the environment of every host, hence in that of every program that its agents start. */
  readonly mark: string = `soak:${randomBytes(8).toString('hex')}`
  readonly keys: Readonly<Record<string, string>> = {
    ANTHROPIC_API_KEY: newKey(),
    SOAK_OPENAI_KEY: newKey(),
    SOAK_CODEX_KEY: newKey(),
    SOAK_TOKEN: newKey(),
  }

  constructor() {
    for (const name of ['bin', 'tmp', 'log', 'runs', 'claude']) mkdirSync(join(this.path, name))
  }

  get storeFolder(): string {
    return join(this.path, 'store')
  }

  logFile(name: string): string {
    return join(this.path, 'log', `${name}.log`)
  }

  environment(serverUrl: string): Record<string, string> {
    const { PATH = '' } = process.env
    return {
      ...{ PATH, HOME: this.path, TMPDIR: join(this.path, 'tmp'), NO_PROXY: '127.0.0.1' },
      ...{ MAYFLY_HOME: this.storeFolder, MAYFLY_LEASE: '5s', MAYFLY_MAX_WORKERS: '4', MAYFLY_HEAP_LIMIT_MB: '256' },
      ...{ MAYFLY_BACKOFF: '50ms', MAYFLY_GRACE: '3s', MAYFLY_CLIENT: this.mark },
      ...{ ANTHROPIC_BASE_URL: serverUrl, CLAUDE_CONFIG_DIR: join(this.path, 'claude') },
      ...this.keys,
    }
  }

  stage(url: string): Stage {
    return {
      url,
      node: process.execPath,
      program: (name) => this.#program(name),
      module: (name) => join(programs, `${name}-module.mjs`),
    }
  }

  /** Makes the folder of a run, with its workflow and its agents. */
  openRun(scenario: Scenario): { cwd: string; workflow: string; agentsFile: string } {
    const cwd = join(this.path, 'runs', scenario.runId)
    mkdirSync(join(cwd, '.git'), { recursive: true })
    const [workflow, agentsFile] = [join(cwd, 'workflow.yaml'), join(cwd, 'agents.yaml')]
    // JSON is YAML.
    writeFileSync(workflow, JSON.stringify(toWorkflow(scenario), null, 2))
    writeFileSync(agentsFile, JSON.stringify({ agents: definitionsOf(scenario) }, null, 2))
    return { cwd, workflow, agentsFile }
  }

  /** An executable file without an interpreter that would have to be on PATH: `<program> <behaviour>`. */
  #program(name: string): string {
    const path = join(this.path, 'bin', name.replaceAll(' ', '-'))
    const [program = '', ...behaviour] = name.split(' ')
    const words = [
      process.execPath,
      join(programs, `${program}.mjs`),
      ...(behaviour.length > 0 ? [behaviour.join(' ')] : []),
    ]
    writeFileSync(path, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`)
    chmodSync(path, 0o755)
    return path
  }
}

const newKey = (): string => `sk-soak-${randomBytes(16).toString('hex')}`

const toWorkflow = ({ kind, steps }: Scenario): object => ({
  name: 'soak',
  description: kind,
  steps: steps.map(({ cast, more }, step) => ({
    ...{ step, name: `Step ${step}`, agent: cast.agent, repeatable: true, ...more },
    ...(cast.description !== undefined && { description: cast.description }),
  })),
})

const definitionsOf = ({ steps }: Scenario): object =>
  Object.assign({}, ...steps.map(({ cast }) => cast.definitions ?? {})) as object

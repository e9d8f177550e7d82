import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ModelServer, type ScriptLike, startModelServer } from '@mayfly/model-server'
import type { InstalledClient } from '../install/install-client.ts'
import { type Recipe, recipes } from '../recipes.ts'
import { filesWith } from './files-with.ts'
import { type Finished, MayflyProcess } from './mayfly-process.ts'
import { type Outside, openOutside } from './outside.ts'
import { processesOf } from './processes-of.ts'
import { type RunDocument, runDocument } from './run-document.ts'
import { countedBy, type Used } from './usage.ts'

export interface TrialOptions {
  /** What the model does when nothing is queued. @default 'plain' */
  readonly script?: ScriptLike
  /** Beside what the client needs. @default none */
  readonly environment?: Readonly<Record<string, string>>
  /** Whether the person's own settings let the client do more than Mayfly does. @default false */
  readonly hasWideSettings?: boolean
}

/** One client with a home, a workspace, a key and a model server of its own, used as a person would use it. */
export class Trial implements AsyncDisposable {
  readonly client: InstalledClient
  readonly recipe: Recipe
  readonly server: ModelServer
  readonly outside: Outside
  readonly key: string
  readonly home: string
  readonly workspace: string
  readonly #folder: string
  readonly #environment: Readonly<Record<string, string>>
  #log = ''

  static async open(client: InstalledClient, options: TrialOptions = {}): Promise<Trial> {
    const { model, price } = recipes[client.client]
    const served = model.slice(model.lastIndexOf('/') + 1)
    const server = await startModelServer({
      fallback: options.script ?? 'plain',
      ...(price !== undefined && { prices: { [served]: price } }),
    })
    return new Trial(client, server, await openOutside(), options)
  }

  private constructor(client: InstalledClient, server: ModelServer, outside: Outside, options: TrialOptions) {
    this.client = client
    this.recipe = recipes[client.client]
    this.server = server
    this.outside = outside
    this.key = `sk-trial-${randomBytes(16).toString('hex')}`
    this.#folder = mkdtempSync(join(tmpdir(), 'mayfly-client-'))
    this.home = this.#makeFolder('home')
    this.workspace = this.#makeFolder('workspace')
    const endpoint = { url: server.url, key: this.key }
    this.#environment = {
      PATH: [client.binFolder, dirname(process.execPath), '/usr/local/bin:/usr/bin:/bin'].join(':'),
      HOME: this.home,
      LANG: 'C.UTF-8',
      TMPDIR: this.#makeFolder('tmp'),
      ...outside.environment,
      ...this.recipe.environment(endpoint),
      ...options.environment,
    }
    const wide = options.hasWideSettings === true ? this.recipe.wideSettings?.(this.home) : {}
    for (const [path, content] of Object.entries({ ...this.recipe.files?.(endpoint), ...wide })) {
      write(join(this.home, path), content)
    }
  }

  /** Puts a file into the workspace. */
  put(path: string, content: string): string {
    return write(join(this.workspace, path), content)
  }

  /** `mayfly` with these arguments, in the workspace. */
  start(...args: readonly string[]): MayflyProcess {
    return new MayflyProcess(args, this.workspace, this.#environment)
  }

  /** The same, to its end. */
  async mayfly(...args: readonly string[]): Promise<Finished> {
    return await this.end(this.start(...args))
  }

  /** Waits for the end of what was started; what it said is kept for `leaks`. */
  async end(started: MayflyProcess): Promise<Finished> {
    const finished = await started.finished
    this.#log += finished.stdout + finished.stderr
    return finished
  }

  /** Starts a run of one step with the client; its id is `run-1`. */
  startRun(...more: readonly string[]): MayflyProcess {
    return this.start('run', '--prompt', 'Say hello', '--run-id', 'run-1', ...this.asked, ...more)
  }

  /** Runs it to its end; resolves to its record. */
  async run(...more: readonly string[]): Promise<RunDocument> {
    await this.end(this.startRun(...more))
    return await this.record()
  }

  /** The options of `mayfly run` that name client and model. */
  get asked(): readonly string[] {
    return ['--agent', this.client.client, '--model', this.recipe.model]
  }

  async record(runId = 'run-1'): Promise<RunDocument> {
    const { stdout, stderr } = await this.mayfly('runs', 'show', runId, '--json')
    if (stdout === '') throw new Error(`There is no run ${runId}: ${stderr}${this.#log}`)
    return runDocument.parse(JSON.parse(stdout))
  }

  /** What the server has counted. */
  get counted(): Used {
    return countedBy(this.server.ledger(), this.recipe.price !== undefined)
  }

  /** What is alive of all that was started. */
  get leftovers(): readonly string[] {
    return processesOf(this.#folder)
  }

  /** Resolves when a file is in the workspace. */
  async appears(name: string): Promise<void> {
    const watcher = watch(this.workspace)
    while (!existsSync(join(this.workspace, name))) await once(watcher, 'change')
    watcher.close()
  }

  /** Where the key stands and must not: in anything that Mayfly or the client left in the workspace, or in anything that was printed. */
  get leaks(): readonly string[] {
    const printed = this.#log.includes(this.key) ? ['stdout or stderr'] : []
    return [...printed, ...filesWith(this.workspace, this.key)]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close()
    await this.outside[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #makeFolder(name: string): string {
    const path = join(this.#folder, name)
    mkdirSync(path)
    return path
  }
}

function write(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

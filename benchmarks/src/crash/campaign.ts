import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createOrchestrator, type Orchestrator } from '@mayfly/orchestrator-entry'
import { agent, ended, startMayfly } from './command.ts'
import { inspect } from './inspection.ts'
import { Ledger } from './ledger.ts'
import { childrenOf, processesMarked, signal } from './processes.ts'
import type { Action, ActionKind, Round, Submission } from './schedule.ts'
import type { SmallDisk } from './small-disk.ts'

export interface CampaignOptions {
  readonly disk: SmallDisk
  readonly scratch: string
  readonly hosts: number
  readonly leaseMs: number
  readonly onProgress: (line: string) => void
}

export interface Violation {
  readonly round: number
  readonly what: string
}

export interface CampaignFigures {
  readonly rounds: number
  readonly kills: number
  readonly accepted: number
  readonly actions: Readonly<Record<ActionKind, number>>
  readonly quietChecks: number
  readonly violations: readonly Violation[]
}

/** How long everything may take to come to rest, in milliseconds. */
const REST_MS = 60_000

/** Every so many rounds everything is left to end, and looked at as a whole. */
const ROUNDS_BETWEEN_RESTS = 3

/** Carries a schedule out on real processes over one store, and looks at what it leaves. */
export class Campaign {
  readonly #options: CampaignOptions
  readonly #mark: string = `${process.pid}-${Date.now().toString(36)}`
  readonly #ledger: Ledger = new Ledger()
  readonly #hosts: ChildProcess[] = []
  readonly #violations: Violation[] = []
  readonly #actions: Record<ActionKind, number> = {
    ...{ 'kill-host': 0, 'kill-worker': 0, 'kill-both': 0, 'stop-host': 0 },
    ...{ 'end-host': 0, 'fill-disk': 0, 'kill-resume': 0 },
  }
  readonly #orchestrator: Orchestrator
  #isEnding = false
  #kills = 0
  #rounds = 0
  #quietChecks = 0

  constructor(options: CampaignOptions) {
    this.#options = options
    mkdirSync(join(options.scratch, 'work', '.git'), { recursive: true })
    const { cwd, environment } = this
    this.#orchestrator = createOrchestrator({ cwd, environment, agent, attempts: 100, backoffMs: 50 })
  }

  get cwd(): string {
    return join(this.#options.scratch, 'work')
  }

  get environment(): Record<string, string> {
    const { disk, leaseMs } = this.#options
    return { MAYFLY_HOME: join(disk.folder, 'store'), MAYFLY_LEASE: `${leaseMs}ms`, MAYFLY_MAX_WORKERS: '3' }
  }

  get figures(): CampaignFigures {
    return {
      rounds: this.#rounds,
      kills: this.#kills,
      accepted: this.#ledger.entries.filter(({ accepted }) => accepted === 'yes').length,
      actions: { ...this.#actions },
      quietChecks: this.#quietChecks,
      violations: this.#violations,
    }
  }

  start(): void {
    for (let host = 0; host < this.#options.hosts; host++) this.#startHost(host)
  }

  /** Stops after the round in which the last of these kills was done. */
  async carryOut(rounds: Iterable<Round>, kills: number): Promise<void> {
    for (const round of rounds) {
      this.#rounds++
      const submitting = Promise.all(round.submissions.map((submission) => this.#submit(submission)))
      for (const action of round.actions) await this.#act(action)
      await submitting
      this.#inspect(round.round, false)
      this.#options.onProgress(`round ${round.round}: ${this.#kills} of ${kills} kills`)
      const isLast = this.#kills >= kills
      if (isLast || (round.round + 1) % ROUNDS_BETWEEN_RESTS === 0) await this.#rest(round.round)
      if (isLast || this.#violations.length > 0) return
    }
  }

  /** Leaves no process behind. */
  async end(): Promise<void> {
    this.#isEnding = true
    await this.#orchestrator.cleanup()
    for (const host of this.#hosts) {
      host.kill('SIGCONT')
      host.kill('SIGTERM')
    }
    await Promise.all(this.#hosts.map(ended))
    for (const pid of processesMarked('MAYFLY_CRASH_CHILD', this.#mark)) signal(pid, 'SIGKILL')
  }

  #startHost(index: number): void {
    const args = ['serve', '--cwd', this.cwd, '--grace', '200ms']
    const host = startMayfly(args, this.environment, join(this.#options.scratch, `host-${index}.log`))
    this.#hosts[index] = host
    // Whatever it died of, somebody starts it again, as an init system does.
    host.once('exit', () => {
      if (!this.#isEnding && this.#hosts[index] === host) this.#startHost(index)
    })
  }

  async #submit(submission: Submission): Promise<void> {
    const { runId, work, repeatable, isolation } = submission
    const prompt = JSON.stringify({ ...work, mark: this.#mark })
    if (submission.by === 'command') return await this.#submitByCommand(submission, prompt)
    try {
      await this.#orchestrator.submitPrompt(prompt, { runId, repeatable, isolation, idempotencyKey: `key ${runId}` })
      this.#ledger.note(submission, 'yes')
    } catch (error) {
      // A full disk: the caller was told that it was not accepted.
      if (!isUnwritable(error)) throw error
    }
  }

  async #submitByCommand(submission: Submission, prompt: string): Promise<void> {
    const { runId, repeatable, isolation, killAfterMs } = submission
    const args = ['run', '--detach', '--cwd', this.cwd, '--run-id', runId, '--prompt', prompt, '--agent', agent]
    const more = [
      '--isolation',
      isolation,
      '--attempts',
      '100',
      '--backoff',
      '50ms',
      ...(repeatable ? ['--repeatable'] : []),
    ]
    const child = startMayfly([...args, ...more], this.environment, join(this.#options.scratch, 'submit.log'))
    const timer = killAfterMs === null ? undefined : setTimeout(() => this.#kill(child.pid), killAfterMs)
    const exitCode = await ended(child)
    clearTimeout(timer)
    if (exitCode === 0) this.#ledger.note(submission, 'yes')
    else if (exitCode === null) this.#ledger.note(submission, 'unknown')
  }

  async #act(action: Action): Promise<void> {
    const host = this.#hosts[action.host]
    await delay(action.afterMs)
    this.#actions[action.kind]++
    switch (action.kind) {
      case 'kill-host':
        return this.#kill(host?.pid)
      case 'kill-worker':
        return this.#killWorker(action, host)
      case 'kill-both':
        return this.#killBoth(host)
      case 'stop-host':
        return await this.#stop(action, host)
      case 'end-host':
        host?.kill('SIGTERM')
        return
      case 'fill-disk':
        return await this.#fillDisk(action)
      case 'kill-resume':
        return await this.#killResume(action)
    }
  }

  #kill(pid: number | undefined): void {
    if (pid !== undefined && signal(pid, 'SIGKILL')) this.#kills++
  }

  #killWorker({ pick }: Action, host: ChildProcess | undefined): void {
    const workers = childrenOf(host?.pid ?? 0)
    this.#kill(workers[Math.floor(pick * workers.length)])
  }

  /** The host first, stopped, so that it cannot see its workers die. */
  #killBoth(host: ChildProcess | undefined): void {
    if (host?.pid === undefined) return
    signal(host.pid, 'SIGSTOP')
    const workers = childrenOf(host.pid)
    this.#kill(host.pid)
    for (const pid of workers) this.#kill(pid)
  }

  async #stop({ forMs }: Action, host: ChildProcess | undefined): Promise<void> {
    host?.kill('SIGSTOP')
    await delay(forMs)
    host?.kill('SIGCONT')
  }

  async #fillDisk({ forMs }: Action): Promise<void> {
    const { disk } = this.#options
    disk.fill()
    await delay(forMs)
    disk.clear()
  }

  async #killResume({ forMs }: Action): Promise<void> {
    const args = ['resume', '--all', '--cwd', this.cwd]
    const child = startMayfly(args, this.environment, join(this.#options.scratch, 'resume.log'))
    await delay(forMs)
    this.#kill(child.pid)
    await ended(child)
  }

  /** Lets everything end, resuming what was interrupted, and looks at the whole. */
  async #rest(round: number): Promise<void> {
    const until = Date.now() + REST_MS
    let problems: string[] = []
    do {
      await this.#command(['resume', '--all', '--quiet'])
      await this.#command(['gc', '--keep', '3650d'])
      problems = [...this.#look(true), ...this.#orphans()]
    } while (problems.length > 0 && Date.now() < until)
    this.#quietChecks++
    this.#violations.push(...problems.map((what) => ({ round, what })))
  }

  #inspect(round: number, isQuiet: boolean): void {
    this.#violations.push(...this.#look(isQuiet).map((what) => ({ round, what })))
  }

  #look(isQuiet: boolean): string[] {
    const { MAYFLY_HOME: folder = '' } = this.environment
    const [file, artifactFolder] = [join(folder, 'mayfly.db'), join(folder, 'artifacts')]
    return inspect({ file, artifactFolder, ledger: this.#ledger.entries, isQuiet })
  }

  #orphans(): string[] {
    return processesMarked('MAYFLY_CRASH_CHILD', this.#mark).map((pid) => `process ${pid} was left behind`)
  }

  async #command(args: readonly string[]): Promise<void> {
    const log = join(this.#options.scratch, 'rest.log')
    await ended(startMayfly([...args, '--cwd', this.cwd], this.environment, log))
  }
}

const isUnwritable = (error: unknown): boolean =>
  ['STORE_UNWRITABLE', 'STORE_LOCKED', 'ENOSPC'].includes(String((error as { code?: unknown }).code))

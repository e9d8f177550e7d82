import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { now } from '../common/clock.ts'
import { observeEnvironment } from '../common/environment.ts'
import { print, printProgress } from '../common/output.ts'
import { Campaign } from './campaign.ts'
import { type CrashOptions, parseCrashOptions, UsageError } from './options.ts'
import { type CrashReport, renderCrash, renderTap } from './render.ts'
import { drawSchedule } from './schedule.ts'
import { mountSmallDisk } from './small-disk.ts'

/* `pnpm crash [--kills N] [--seed S] [--json] [--write] [--tap <file>]`; `pnpm crash --workflow` kills whole workflows instead. */

const HOSTS = 2
const LEASE_MS = 1000

const resultsFolder = new URL('../../results/', import.meta.url)

const main = async (args: string[]): Promise<void> => {
  const options = parseCrashOptions(args)
  const observed = await observeEnvironment()
  const startedAt = now()
  const scratch = mkdtempSync(join(tmpdir(), 'mayfly-crash-'))
  const disk = mountSmallDisk(join(scratch, 'disk'))
  const campaign = new Campaign({ disk, scratch, hosts: HOSTS, leaseMs: LEASE_MS, onProgress: printProgress })
  const giveUp = endOnSignal(campaign, () => disk.release())
  try {
    campaign.start()
    await campaign.carryOut(drawSchedule(options.seed, { hosts: HOSTS, leaseMs: LEASE_MS }), options.kills)
  } finally {
    giveUp()
    await campaign.end()
  }
  const { seed, kills: askedKills } = options
  const known = { seed, askedKills, hosts: HOSTS, leaseMs: LEASE_MS, diskWasFilled: disk.canBeFilled }
  const tookMs = Math.round(now() - startedAt)
  await publish({ environment: observed(), ...known, tookMs, figures: campaign.figures }, options)
  leave(campaign, options, scratch, () => disk.release())
}

/** What was found wrong stays to be looked at. */
const leave = ({ figures }: Campaign, { kills, seed }: CrashOptions, scratch: string, release: () => void): void => {
  if (figures.violations.length === 0) {
    release()
    rmSync(scratch, { recursive: true, force: true })
    return
  }
  printProgress(`${figures.violations.length} violations. Logs and store: ${scratch}`)
  for (const { round, what } of figures.violations.slice(0, 20)) printProgress(`round ${round}: ${what}`)
  printProgress(`The same schedule again: pnpm crash --kills ${kills} --seed ${seed}`)
  process.exitCode = 1
}

const endOnSignal = (campaign: Campaign, release: () => void): (() => void) => {
  const listeners = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const listener = (): void => {
      void campaign.end().finally(() => {
        release()
        process.kill(process.pid, name)
      })
    }
    process.once(name, listener)
    return () => process.off(name, listener)
  })
  return () => {
    for (const remove of listeners) remove()
  }
}

const publish = async (report: CrashReport, { json, write, tap }: CrashOptions): Promise<void> => {
  const document = JSON.stringify(report, null, 2)
  if (write) {
    await writeFile(new URL('crash.json', resultsFolder), `${document}\n`)
    await writeFile(new URL('crash.md', resultsFolder), `${renderCrash(report)}\n`)
  }
  if (tap !== undefined) {
    await mkdir(dirname(tap), { recursive: true })
    await writeFile(tap, renderTap(report))
  }
  print(json ? document : renderCrash(report))
}

const args = process.argv.slice(2)
const begin = args.includes('--workflow') ? (await import('./workflow/main.ts')).runWorkflowCrash : main
await begin(args).catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error
  printProgress(error.message)
  process.exitCode = 2
})

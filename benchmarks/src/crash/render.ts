import type { Environment } from '../common/environment.ts'
import type { CampaignFigures } from './campaign.ts'

export interface CrashReport {
  readonly environment: Environment
  readonly seed: number
  readonly askedKills: number
  readonly hosts: number
  readonly leaseMs: number
  /** Whether the store lay on a disk that was filled. */
  readonly diskWasFilled: boolean
  readonly tookMs: number
  readonly figures: CampaignFigures
}

export const renderCrash = (report: CrashReport): string => {
  const { environment, figures, seed, askedKills, hosts, leaseMs, tookMs, diskWasFilled } = report
  const { actions, violations } = figures
  const rows = [
    ['kills with SIGKILL', figures.kills],
    ['of hosts', actions['kill-host'] + actions['kill-both']],
    ['hosts stopped for longer than their lease, then continued', actions['stop-host']],
    ['hosts ended with SIGTERM', actions['end-host']],
    ['times the disk was filled', diskWasFilled ? actions['fill-disk'] : 'never: no small disk could be mounted'],
    ['runs accepted', figures.accepted],
    ['rounds, each looked at from outside', figures.rounds],
    ['times everything was left to end and looked at as a whole', figures.quietChecks],
    ['violations', violations.length],
  ]
  return [
    '# Crash campaign',
    '',
    `\`pnpm crash --kills ${askedKills} --seed ${seed}\`: ${hosts} hosts on one store, a lease of ${leaseMs} ms, ${Math.round(tookMs / 1000)} s in all.`,
    '',
    '| | |',
    '|---|--:|',
    ...rows.map(([what, count]) => `| ${what} | ${count} |`),
    '',
    ...(violations.length === 0 ? [] : [...violations.map(({ round, what }) => `- round ${round}: ${what}`), '']),
    `${environment.node}, ${environment.platform}, ${environment.cores} cores (${environment.processor}), load ${environment.loadBefore} to ${environment.loadAfter}, ` +
      `${environment.date.slice(0, 10)}, commit ${environment.commit?.slice(0, 10) ?? 'unknown'}${environment.changed ? ' with changes' : ''}.`,
  ].join('\n')
}

/** One test for the whole campaign and one for each violation, in the format whose totals CI counts. */
export const renderTap = ({ figures, askedKills, seed }: CrashReport): string => {
  const { violations, kills } = figures
  const title = `${askedKills} kills leave nothing lost, finished twice, unrecorded or orphaned`
  const isEnough = kills >= askedKills
  const results = [
    `${violations.length === 0 && isEnough ? 'ok' : 'not ok'} 1 - ${title}`,
    ...(violations.length === 0 ? [] : [`# reproduce: pnpm crash --kills ${askedKills} --seed ${seed}`]),
    ...violations.map(({ round, what }) => `# round ${round}: ${what}`),
  ]
  const failed = violations.length === 0 && isEnough ? 0 : 1
  return `${['TAP version 13', ...results, '1..1', '# tests 1', `# pass ${1 - failed}`, `# fail ${failed}`].join('\n')}\n`
}

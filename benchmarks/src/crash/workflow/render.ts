import type { Environment } from '../../common/environment.ts'
import { formatTable } from '../../common/table.ts'
import type { ScenarioFigures } from './workflow-campaign.ts'

export interface WorkflowCrashReport {
  readonly environment: Environment
  /** What made it. */
  readonly command: string
  readonly files: number
  readonly tookMs: number
  readonly figures: readonly ScenarioFigures[]
}

export const renderWorkflowCrash = ({ environment, command, files, tookMs, figures }: WorkflowCrashReport): string => {
  const rows = figures.map(({ scenario, moments, tried, storms, kills, problems }) => [
    ...[scenario, moments, tried, storms, kills, problems.length].map(String),
  ])
  const problems = figures.flatMap((found) => found.problems)
  return [
    '# Whole workflows, killed',
    '',
    `\`${command}\`: ${Math.round(tookMs / 1000)} s in all.`,
    '',
    formatTable([['scenario', 'moments', 'tried', 'storms', 'kills', 'problems'], ...rows]),
    '',
    `A person works with a \`feature-flow\` on a git repository of ${files} files, through the command line: plan (the built-in planner),`,
    'approval, design, a developer that changes files, a review that sends back once, a test, documentation; gates after plan, review and',
    'test. In each play a process is killed with SIGKILL, and whoever looks how the run stands goes on: `resume`, `approve`, `retry`, or the',
    'same `run` once more where nothing was accepted. "moments" are all transactions of an undisturbed play, each killed before it is',
    'kept, and three moments inside each attempt of each agent; a "storm" kills two to six processes of one play at any time. Every play has',
    'to come to the end of the undisturbed one: the same steps, rounds, gates, artifacts and files, as many attempts that came to an end,',
    'no moment of an attempt twice, no process left behind, nothing left in the queue, the folder free for the next run.',
    '',
    ...(problems.length === 0
      ? []
      : [...problems.map(({ scenario, deaths, what }) => `- ${scenario}; ${deaths}: ${what}`), '']),
    `${environment.node}, ${environment.platform}, ${environment.cores} cores (${environment.processor}), load ${environment.loadBefore} to ${environment.loadAfter}, ` +
      `${environment.date.slice(0, 10)}, commit ${environment.commit?.slice(0, 10) ?? 'unknown'}${environment.changed ? ' with changes' : ''}.`,
  ].join('\n')
}

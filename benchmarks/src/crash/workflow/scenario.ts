import { fileURLToPath } from 'node:url'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../apps/mayfly/src/fixtures/${name}`, import.meta.url))

const team = fixture('feature-team-agent.mjs')

const agents: readonly string[] = ['architect', 'developer', 'reviewer', 'qa', 'writer'].flatMap((role) => [
  '--agent-for',
  `${role}=${team}`,
])

/** One way through a whole workflow, and what the person who wants it does on the way. */
export interface Scenario {
  readonly name: string
  /** A name of the catalogue, or a file. */
  readonly workflow: string
  /** Of `mayfly run`. */
  readonly options: readonly string[]
  /** What the person says each time the run waits: options of `mayfly approve`. */
  readonly answers: readonly (readonly string[])[]
  /** What the person does when the run has failed, by the code of its error: a command and its options. */
  readonly remedies: Readonly<Record<string, readonly string[]>>
  /** Where an agent waits, once, for longer than the run's time. */
  readonly hangs?: { readonly step: number; readonly moment: string; readonly times: number }
  /** What lost attempts have used counts too: where time, tokens or cost decide, the limit may cut another attempt short. */
  readonly sameAttempts: boolean
}

const approved: Scenario = {
  name: 'approved',
  workflow: fixture('feature-flow.yaml'),
  options: agents,
  answers: [[]],
  remedies: {},
  sameAttempts: true,
}

const workers = ['--mode', 'worker', '--heap-limit', '256']

const spent = (name: string, limit: readonly string[], more: readonly string[]): Scenario => ({
  ...approved,
  sameAttempts: false,
  name: `${name} spent, then given more`,
  options: [...agents, ...limit],
  remedies: { BUDGET_EXHAUSTED: ['retry', ...more] },
})

export const scenarios: readonly Scenario[] = [
  approved,
  { ...approved, name: 'approved, in workers', options: [...agents, ...workers] },
  {
    ...approved,
    name: 'approved, in workers that are processes',
    options: [...agents, ...workers, '--isolation', 'process'],
  },
  {
    ...approved,
    name: 'rejected, then retried and approved',
    answers: [['--reject', '--feedback', 'too vague'], []],
    remedies: { APPROVAL_REJECTED: ['retry'] },
  },
  { ...spent('attempts', ['--max-attempts', '3'], ['--max-attempts', '100']), sameAttempts: true },
  spent('tokens', ['--max-tokens', '300'], ['--max-tokens', '100000']),
  spent('cost', ['--max-cost', '0.3'], ['--max-cost', '100']),
  {
    ...spent('time', ['--max-time', '3s'], ['--max-time', '1h']),
    hangs: { step: 4, moment: 'midway', times: 1 },
  },
  { ...approved, name: 'the feature-flow of the catalogue', workflow: 'feature-flow', answers: [] },
]

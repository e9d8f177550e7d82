import type { Environment } from '../../common/environment.ts'
import { formatTable } from '../../common/table.ts'
import type { Check } from '../verdict.ts'
import type { AgentsSoakFindings } from './agents-soak.ts'

export interface AgentsSoakReport extends AgentsSoakFindings {
  readonly environment: Environment
  readonly checks: readonly Check[]
}

const method = `Runs of all kinds, six at a time, over a scripted model server: models behind Anthropic's and OpenAI's protocols, small programs
that speak as claude and codex do and call the model themselves, commands, modules, and whole workflows of three to six steps. The
server answers, refuses, is slow, hangs, cuts off and talks garbage. Runs are executed by two processes that serve the queue, by
an application with its steps in its own process, and by the command line; some are cancelled half-way, and one of the serving processes
is ended again and again, mostly with SIGKILL, its runs resumed. The other one and the application are looked at after garbage
collections whenever nothing runs.`

const ledgerNote = `A call that was served whole is in both books. One that was begun and never ended (cut, hung, left) is in neither: nobody can tell
a client what it cost; the server calls it unfinished. A call that was served to an attempt that was ended from outside before it
could write it down is in the server's only: the one under way, and for programs those of the last quarter of a second, since what they
report is written down no oftener.`

export const renderAgentsSoak = (report: AgentsSoakReport): string => {
  const { warmUp, tasks, minutes, seed, tookMs, checks, endings, kills, ledger, kinds, environment } = report
  const { date, commit, changed, node, platform, cores, processor, loadBefore, loadAfter } = environment
  const spread = minutes === 0 ? '' : ` --minutes ${minutes}`
  return [
    '# A long day of agents',
    method,
    `${tasks} runs in ${(tookMs / 60_000).toFixed(1)} minutes, after ${warmUp} that count for the ledger and not for the memory (a supervisor remembers its last 1,000 ends).`,
    formatTable(
      [['', 'found', 'holds'], ...checks.map(({ title, found, ok }) => [title, found, ok ? 'yes' : '**no**'])],
      'text',
    ),
    ledgerNote,
    formatTable([
      ['calls', 'number', 'tokens', 'US dollars'],
      ['served', ...tally(ledger.served)],
      ['unfinished', ...tally(ledger.unfinished)],
      ['refused', String(ledger.refused), '', ''],
    ]),
    formatTable([
      ['runs ended', 'heap, serving (MB)', 'heap, in place (MB)'],
      ...report.serving.heap.map(({ x, y }, index) => [
        String(x),
        megabytes(y),
        megabytes(report.inPlace.heap[index]?.y ?? 0),
      ]),
    ]),
    `Runs: ${counts(endings.byStatus)}. Attempts: ${counts(endings.attemptsByStatus)}. Hosts ended: ${counts(kills)}; runs resumed: ${endings.resumed}.`,
    `Kinds: ${counts(kinds)}.`,
    `${date.slice(0, 10)}, commit ${commit?.slice(0, 10) ?? 'unknown'}${changed ? ' with changes' : ''}, seed ${seed}, Node ${node}, ${platform}, ${cores} cores (${processor}), load ${loadBefore} before and ${loadAfter} after.`,
    `Made by \`pnpm soak --agents --tasks ${tasks}${spread} --warm-up ${warmUp} --seed ${seed} --write\` out of \`agents-soak.json\`.`,
  ].join('\n\n')
}

const tally = ({ requests, inputTokens, outputTokens, costUsd }: AgentsSoakFindings['ledger']['served']): string[] => [
  String(requests),
  String(inputTokens + outputTokens),
  costUsd.toFixed(6),
]

const megabytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(2)

const counts = (all: Readonly<Record<string, number>>): string =>
  Object.entries(all)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

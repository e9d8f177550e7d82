import { type RunRecord, type RunReport, reportRun, reportRuns } from '@mayfly/orchestrator-entry'
import { print, printJson } from '../output.ts'
import { formatDuration, formatMegabytes, formatTable, oneLine } from '../table.ts'
import { describeEvent } from './describe-event.ts'
import { type ReadingOptions, surroundingsOf } from './surroundings.ts'
import { whatNext } from './what-next.ts'

export const listRunsCommand = async (options: ReadingOptions & { limit: string }): Promise<void> => {
  const runs = await reportRuns(surroundingsOf(options), parseLimit(options.limit))
  if (options.json) return printJson({ runs })
  if (runs.length === 0) return print('No runs yet. Start one: mayfly --prompt "what is to be done"')
  print(formatTable([['RUN', 'STATUS', 'MODE', 'WORKFLOW', 'TIME', 'PROMPT'], ...runs.map(toRow)]))
}

export const showRunCommand = async (runId: string, options: ReadingOptions): Promise<void> => {
  const report = await reportRun(surroundingsOf(options), runId)
  if (report === undefined) {
    throw Object.assign(new Error(`No run ${runId} on record here. \`mayfly runs\` lists those that are.`), {
      code: 'RUN_NOT_FOUND',
    })
  }
  if (options.json) return printJson(report)
  print(describe(report))
}

const parseLimit = (text: string): number => {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0) return limit
  throw Object.assign(new Error(`Option --limit: expected a whole number above 0, got "${text}".`), {
    code: 'SETTING_INVALID',
  })
}

const toRow = (run: RunRecord): string[] => [
  run.runId,
  run.status,
  run.executionMode ?? '-',
  run.workflow ?? '-',
  formatDuration(durationOf(run)),
  oneLine(run.prompt, 60),
]

const durationOf = ({ startedAt, endedAt }: RunRecord): number | null =>
  startedAt === null || endedAt === null ? null : endedAt - startedAt

const describe = ({ run, steps, sessions, artifacts, events, spending }: RunReport): string => {
  const next = whatNext(run, steps)
  const facts = [
    ['run', run.runId],
    ['status', run.status],
    ['prompt', oneLine(run.prompt, 200)],
    ['folder', run.cwd],
    ['mode', `${run.executionMode ?? '-'}: ${run.reason ?? '-'}`],
    ['workflow', run.workflow ?? '-'],
    ['complexity', String(run.complexity ?? '-')],
    ...(run.idempotencyKey === null ? [] : [['key', oneLine(run.idempotencyKey, 200)]]),
    ['started', run.startedAt === null ? '-' : new Date(run.startedAt).toISOString()],
    ['time', formatDuration(durationOf(run))],
    ...(run.error === null ? [] : [['error', `${run.error.code ?? run.error.name}: ${run.error.message}`]]),
    ...(next === undefined ? [] : [['next', next]]),
    ...(spending === null ? [] : [['spent', describeSpending(spending)]]),
    ...steps.map((step) => [`step ${step.number}`, describeStep(step)]),
    ...sessions.map((session) => [nameSession(session, steps), describeSession(session)]),
    ...events.map((event) => ['log', `${new Date(event.at).toISOString()} ${describeEvent(event)}`]),
    ...artifacts.map((artifact) => ['artifact', `${artifact.path} (${artifact.size} bytes)`]),
  ]
  return formatTable(facts)
}

const describeStep = ({
  name,
  agent,
  status,
  executionMode,
  round,
  reason,
  error,
}: RunReport['steps'][number]): string =>
  [
    `${name} (${agent}): ${status}`,
    ...(executionMode === null ? [] : [executionMode]),
    ...(round === 0 ? [] : [`sent back ${round} times`]),
    ...(reason === null ? [] : [oneLine(reason, 120)]),
    ...(error === null ? [] : [`${error.code ?? error.name}: ${oneLine(error.message, 200)}`]),
  ].join(', ')

/** Of a whole run it matters whose session it is. */
const nameSession = ({ step }: RunReport['sessions'][number], steps: RunReport['steps']): string => {
  const number = steps.find((other) => other.step === step)?.number
  return steps.length > 1 && number !== undefined ? `session of ${number}` : 'session'
}

const describeSpending = ({ spent, budget }: NonNullable<RunReport['spending']>): string => {
  const amount = (text: string, limit: string | null): string => (limit === null ? text : `${text} of ${limit}`)
  const { wallMs, attempts, tokens, costUsd } = budget
  return [
    amount(formatDuration(spent.wallMs), wallMs === null ? null : formatDuration(wallMs)),
    amount(`${spent.attempts} attempts`, attempts === null ? null : String(attempts)),
    amount(`${spent.tokens} tokens`, tokens === null ? null : String(tokens)),
    amount(`$${spent.costUsd.toFixed(4)}`, costUsd === null ? null : `$${costUsd.toFixed(4)}`),
  ].join(', ')
}

/** What the agent reported; nothing where it did not. */
const describeUsage = (session: RunReport['sessions'][number]): string[] => {
  const { model, inputTokens, cachedTokens, outputTokens, costUsd, toolCalls, agentSession } = session
  return [
    ...(model === null ? [] : [`model ${model}`]),
    ...(inputTokens === null
      ? []
      : [`${inputTokens} tokens in${cachedTokens === null ? '' : ` (${cachedTokens} cached)`}`]),
    ...(outputTokens === null ? [] : [`${outputTokens} tokens out`]),
    ...(costUsd === null ? [] : [`$${costUsd.toFixed(4)}`]),
    ...(toolCalls === null ? [] : [`${toolCalls} tool calls`]),
    ...(agentSession === null ? [] : [`agent session ${agentSession}`]),
  ]
}

const describeSession = (session: RunReport['sessions'][number]): string =>
  [
    session.sessionId,
    session.isolation,
    ...(session.attempt === 1 ? [] : [`attempt ${session.attempt}`]),
    `${session.status}${session.cause === null ? '' : ` (${session.cause})`}`,
    `started in ${formatDuration(session.startedInMs)}`,
    `ran ${formatDuration(session.ranMs)}`,
    `peak heap ${formatMegabytes(session.peakHeapMb)}`,
    `limits ${session.enforced ? 'enforced' : 'not enforced'}`,
    ...describeUsage(session),
  ].join(', ')

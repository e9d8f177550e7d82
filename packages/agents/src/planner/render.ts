import type { Plan, PlanFile, PlanStatistics, PlanStep } from '../plan.ts'
import { code } from './reasons.ts'

/** Writes a plan as Markdown, for a person. */
export function renderPlan(plan: Plan): string {
  const sections = [
    `# Plan\n\n${plan.summary}`,
    `## Prompt\n\n${quoted(plan.prompt.text)}`,
    `## Relevant files\n\n${renderFiles(plan)}`,
    `## Steps\n\n${plan.steps.map(renderStep).join('\n')}`,
    `## Risks\n\n${renderList(plan.risks.map(({ text, files }) => `${text}${files.length === 0 ? '' : ` ${files.slice(0, 5).map(code).join(', ')}`}`))}`,
    `## Complexity: ${plan.complexity.label} (${plan.complexity.score})\n\n${renderList(plan.complexity.reasons)}`,
    `## What was looked at\n\n${renderStatistics(plan.statistics)}`,
  ]
  return `${sections.join('\n\n')}\n`
}

/** As a quotation, so that nothing in a prompt is taken for the plan's own words. */
function quoted(text: string): string {
  return text === ''
    ? '> (empty)'
    : text
        .split(/\r\n|\r|\n/)
        .map((line) => `> ${line}`)
        .join('\n')
}

function renderFiles({ files, basis }: Plan): string {
  const note =
    basis === 'structure' ? 'None of the words of the prompt was found. These are the ways into the folder.\n\n' : ''
  return files.length === 0 ? `${note}There are no files to read.` : `${note}${files.map(renderFile).join('\n')}`
}

function renderFile({ rank, path, score, relevant, reasons }: PlanFile): string {
  const place = `${rank}. ${relevant ? `**${code(path)}**` : code(path)} (${score})`
  return [place, ...reasons.map(({ text }) => `   - ${text}`)].join('\n')
}

function renderStep({ number, title, details, commands }: PlanStep): string {
  const lines = [...details, ...commands.map(code)].map((line) => `   - ${line}`)
  return [`${number}. ${title}`, ...lines].join('\n')
}

function renderStatistics(statistics: PlanStatistics): string {
  const skipped = Object.entries(statistics.skipped).map(
    ([reason, { count, examples }]) => `Skipped as ${reason}: ${count}, such as ${examples.map(code).join(', ')}.`,
  )
  const history = statistics.commits === null ? 'No history.' : `${statistics.commits} commits.`
  return renderList([
    `${statistics.seen} files and skipped folders met, ${statistics.read} files read (${statistics.bytes} bytes).`,
    ...skipped,
    statistics.historyNote === null ? history : `${history} ${statistics.historyNote}`,
  ])
}

function renderList(lines: readonly string[]): string {
  return lines.length === 0 ? 'None found.' : lines.map((line) => `- ${line}`).join('\n')
}

import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { now } from '../../common/clock.ts'
import { observeEnvironment } from '../../common/environment.ts'
import { print, printProgress } from '../../common/output.ts'
import { parseWorkflowOptions, type WorkflowCrashOptions } from './options.ts'
import { renderWorkflowCrash, type WorkflowCrashReport } from './render.ts'
import { scenarios } from './scenario.ts'
import { makeTemplate } from './stage.ts'
import { type ScenarioFigures, tryScenario } from './workflow-campaign.ts'

/* `pnpm crash --workflow [--points N|all] [--storms N] [--seed S] [--only <words>] [--at-once N] [--json] [--write]` */

const resultsFolder = new URL('../../../results/', import.meta.url)

/** Of this repository: enough to plan for, and copied in a moment. */
const PATHS = ['README.md', 'packages/feature-flags', 'packages/task-classifier', 'packages/workflows']

export const runWorkflowCrash = async (args: string[]): Promise<void> => {
  const options = parseWorkflowOptions(args)
  const observed = await observeEnvironment()
  const startedAt = now()
  const scratch = mkdtempSync(join(tmpdir(), 'mayfly-whole-crash-'))
  const { template, files } = makeTemplate(scratch, PATHS)
  const theatre = { scratch, template, mark: `${process.pid}-${Date.now().toString(36)}` }
  const figures: ScenarioFigures[] = []
  for (const scenario of scenarios.filter(({ name }) => name.includes(options.only)))
    figures.push(await tryScenario(theatre, scenario, { ...options, onProgress: printProgress }))
  const command = `pnpm crash ${args.join(' ')}`
  await publish({ environment: observed(), command, files, tookMs: Math.round(now() - startedAt), figures }, options)
  if (figures.every(({ problems }) => problems.length === 0)) return rmSync(scratch, { recursive: true, force: true })
  printProgress(`Logs, stores and repositories of what went wrong: ${scratch}`)
  process.exitCode = 1
}

const publish = async (report: WorkflowCrashReport, { json, write }: WorkflowCrashOptions): Promise<void> => {
  const document = JSON.stringify(report, null, 2)
  if (write) {
    await writeFile(new URL('workflow-crash.json', resultsFolder), `${document}\n`)
    await writeFile(new URL('workflow-crash.md', resultsFolder), `${renderWorkflowCrash(report)}\n`)
  }
  print(json ? document : renderWorkflowCrash(report))
}

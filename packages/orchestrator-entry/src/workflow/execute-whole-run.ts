import type { OrchestratorCore } from '../orchestrator-core.ts'
import type { SubmittedRun } from '../orchestrator-options.ts'
import type { PromptResult } from '../prompt-result.ts'
import { assertFits, toResult } from '../prompt-run.ts'
import { acceptWholeRun, driveWholeRun, type WholePrompt } from './whole-run.ts'

/**
 * Accepts a whole run and stays with it until it has ended or waits for a person.
 * @throws RunFailedError when it has come to neither its end nor a person.
 */
export const executeWholeRun = async (core: OrchestratorCore, prompt: WholePrompt): Promise<PromptResult> => {
  const { call, options, supervisor } = prompt
  const { acceptance, workflow } = await acceptWholeRun(core, prompt, true)
  const { runId, executionMode } = acceptance.run
  options.onStart?.({ runId, executionMode: executionMode ?? 'legacy' })
  const how = { runId, workflow, isOwn: acceptance.isNew, options }
  const run = await driveWholeRun(core, call, supervisor, how)
  return await toResult(core, call, run, undefined)
}

/** Accepts a whole run for whichever host works off the queue. */
export const submitWholeRun = async (core: OrchestratorCore, prompt: WholePrompt): Promise<SubmittedRun> => {
  assertFits(prompt.call.settings)
  const { acceptance } = await acceptWholeRun(core, prompt, false)
  const { run, isNew } = acceptance
  return { runId: run.runId, isNew, runRecord: run }
}

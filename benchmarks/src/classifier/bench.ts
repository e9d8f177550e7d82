import { isLongRunningTask } from '@mayfly/task-classifier'
import { now } from '../common/clock.ts'
import { compare } from '../common/compare.ts'
import { observeEnvironment } from '../common/environment.ts'
import { interleave } from '../common/interleave.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import type { Comparison } from '../common/report.ts'
import { prompts } from './prompts.ts'

const BASELINE = "text.includes('implement')"

/** Long enough for the clock, short enough to be interleaved. */
const SAMPLE_MS = 5

const method = `One sample is as many calls as take about ${SAMPLE_MS} ms, divided by their number; both subjects are sampled
in turn, after 5 rounds that do not count. The baseline looks for one word and knows nothing of word boundaries.`

/** What it costs to tell short tasks from long ones. \`--samples N\` (60) rounds for each prompt. */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 60)
  const observed = await observeEnvironment()
  const sections: Comparison[] = []
  for (const [name, prompt] of Object.entries(prompts)) sections.push(await measure(name, prompt, samples))
  const title = 'The cost of classifying a task'
  await publish({ name: 'classifier', title, environment: observed(), method, sections }, json)
}

const measure = async (name: string, prompt: string, rounds: number): Promise<Comparison> => {
  const subjects = {
    [BASELINE]: sampler(prompt, (text) => text.includes('implement')),
    isLongRunningTask: sampler(prompt, (text) => isLongRunningTask(text)),
  }
  const samples = await interleave(subjects, { rounds, warmUp: 5, name: `classifier, ${name}` })
  return compare(samples, 'call', { title: name, unit: 'ns per call', baseline: BASELINE, note: '' })
}

type Call = (text: string) => boolean

const sampler = (prompt: string, call: Call): (() => Promise<{ call: number }>) => {
  // Two texts that take turns and an answer that is looked at: no call can be moved out of the loop or left out.
  const texts = [prompt, `${prompt}.`] as const
  const calls = Math.max(10, Math.ceil((SAMPLE_MS / time(texts, call, 1000)) * 1000))
  return async () => ({ call: (time(texts, call, calls) / calls) * 1e6 })
}

const time = (texts: readonly [string, string], call: Call, calls: number): number => {
  const expected = call(texts[0])
  const startedAt = now()
  for (let done = 0; done < calls; done++) {
    if (call(done % 2 === 0 ? texts[0] : texts[1]) !== expected) throw new Error('The two texts are not classed alike')
  }
  return now() - startedAt
}

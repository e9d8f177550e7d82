import { now } from '../common/clock.ts'
import { observeEnvironment } from '../common/environment.ts'
import { interleave, type Measure } from '../common/interleave.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import type { Comparison, Grid } from '../common/report.ts'
import { makeScratch } from '../common/scratch.ts'
import { summarise } from '../common/summary.ts'
import { runBare } from './bare-run.ts'
import { callAgent, loadCommand, loadStandIn } from './call.ts'
import { cancelMeasure } from './cancelling.ts'
import { type StreamQuantity, streamMeasure } from './long-stream.ts'
import { moduleMeasures, openOrchestrator } from './module-start.ts'
import { streamKinds, writeEndlessClient, writeQuickClient } from './stand-in.ts'

const GIGABYTE = 1024 ** 3

/** A stream takes seconds, and differs little from one time to the next. */
const STREAM_ROUNDS = 3

const CANCEL_ROUNDS = 10

const method = `The clients are shell scripts that print what claude prints, so that what is measured is ours. A call is all of it: the prompt
and the answer written as artifacts, the program started in a group of its own, its events read, the transcript written with its
checksum, and two looks at the process table for what it left. A stream is read in a process of its own; beside it stands one
that only writes it into a file with a checksum. Cancelling is timed from the abort to the end of the call; then the process
table is looked through, and a process that is left fails the benchmark. A stubborn client ignores SIGTERM and gets SIGKILL 2 s
later. Each has a child that left its group. A module does nothing; its start is that of its worker, from the supervisor's order to ready, without
spares, and Node's compile cache is out of the reach of one that is restricted.`

/** What Mayfly adds to a client's own time, what a long stream takes, and how soon a cancelled client is gone. \`--samples N\` (30). */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 30)
  const observed = await observeEnvironment()
  await using scratch = await makeScratch()
  const sections = [
    await measureCalls(scratch.folder, samples),
    await measureStreams(scratch.folder, GIGABYTE, STREAM_ROUNDS),
    await measureCancelling(scratch.folder, CANCEL_ROUNDS),
    await measureModules(scratch.folder, samples),
  ]
  const title = 'Clients as agents'
  await publish({ name: 'agents', title, environment: observed(), method, sections }, json)
}

export const measureCalls = async (scratch: string, rounds: number): Promise<Comparison> => {
  const program = await writeQuickClient(scratch)
  const [client, command] = [await loadStandIn(program), await loadCommand(program)]
  const subjects = {
    'the program alone': timed(() => runBare(program)),
    'as a client': timed(() => callAgent(client, scratch)),
    'as a command': timed(() => callAgent(command, scratch)),
  }
  const taken = await interleave(subjects, { rounds, warmUp: 3, name: 'agents, calls' })
  return {
    kind: 'comparison',
    title: 'A call',
    unit: 'ms',
    baseline: 'the program alone',
    note: '',
    subjects: Object.entries(taken).map(([name, { ms = [] }]) => ({ name, summary: summarise(ms) })),
  }
}

const timed =
  (work: () => Promise<void>): Measure<'ms'> =>
  async () => {
    const startedAt = now()
    await work()
    return { ms: now() - startedAt }
  }

export const measureStreams = async (scratch: string, bytes: number, rounds: number): Promise<Grid> => {
  const subjects: Record<string, Measure<StreamQuantity>> = {}
  for (const kind of streamKinds) {
    subjects[`${kind}, into a file`] = streamMeasure('file', kind, bytes, scratch)
    subjects[`${kind}, as a client`] = streamMeasure('agent', kind, bytes, scratch)
  }
  const taken = await interleave(subjects, { rounds, warmUp: 0, name: 'agents, streams' })
  const rows = Object.entries(taken).map(([name, quantities]) => ({
    name,
    cells: Object.fromEntries(Object.entries(quantities).map(([quantity, values]) => [quantity, summarise(values)])),
  }))
  const note = 'One line of that length is let go as it comes, and kept in the transcript.'
  return { kind: 'grid', title: `A stream of ${bytes / 1024 ** 2} MB`, unit: 'as said', corner: 'stream', note, rows }
}

export const measureModules = async (scratch: string, rounds: number): Promise<Grid> => {
  await using orchestrator = openOrchestrator(scratch)
  const measures = await moduleMeasures(scratch, orchestrator)
  const taken = await interleave(measures, { rounds, warmUp: 2, name: 'agents, modules' })
  const rows = Object.entries(taken).map(([name, quantities]) => ({
    name,
    cells: Object.fromEntries(Object.entries(quantities).map(([quantity, values]) => [quantity, summarise(values)])),
  }))
  return { kind: 'grid', title: 'A module that does nothing', unit: 'as said', corner: 'module', note: '', rows }
}

export const measureCancelling = async (scratch: string, rounds: number): Promise<Comparison> => {
  const clients = { 'a client': false, 'a stubborn client': true }
  const subjects: Record<string, Measure<'ms'>> = {}
  for (const [name, isStubborn] of Object.entries(clients)) {
    subjects[name] = cancelMeasure(await loadStandIn(await writeEndlessClient(scratch, isStubborn)), scratch)
  }
  const taken = await interleave(subjects, { rounds, warmUp: 1, name: 'agents, cancelling' })
  return {
    kind: 'comparison',
    title: 'From cancelling to no process left',
    unit: 'ms',
    baseline: null,
    note: '',
    subjects: Object.entries(taken).map(([name, { ms = [] }]) => ({ name, summary: summarise(ms) })),
  }
}

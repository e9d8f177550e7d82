import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'

/** Whoever speaks on the channel of a task can only speak about that task; what must not be is that anybody else notices. */
const forges = (name: string, about: string): TaskRow => ({
  ...{ name, about, causes: ['timeout', 'protocol', 'error', 'exit'], isValueWrong: true },
})

/** In a process there is no port that could be patched: its task does nothing wrong. */
const patchesPort = (name: string, about: string): TaskRow => ({
  ...{ name, about, causes: ['timeout', 'protocol', 'error', 'exit'], processCauses: ['result'] },
})

const shared = 'a thread shares its process'

/** A task may say of itself that it is done: forging a whole and valid result is a roundabout way to return one. */
const forgesOwnResult = (name: string, about: string): TaskRow => ({
  ...{ name, about, causes: ['timeout', 'protocol', 'error', 'exit', 'result'] },
})

export const channel: TaskGroup = defineGroup("Gets hold of its pool's channel", 'channel.mjs', [
  forges('forges-garbage', 'null, numbers, messages of no or another brand'),
  forgesOwnResult('forges-result', 'a whole result message'),
  forgesOwnResult('forges-two-results', 'two whole result messages'),
  forgesOwnResult('forges-bare-result', 'a result message with nothing in it'),
  forgesOwnResult('forges-usage', 'a result message with figures that are none'),
  forges('forges-bare-failure', 'a failure message with nothing in it'),
  forges('forges-bare-ready', 'a second ready message with nothing in it'),
  forges('forges-log', 'log messages without a line'),
  forges('forges-artifact', 'artifact messages without an artifact'),
  forges('forges-child-without-pid', 'child messages without a pid'),
  forges('forges-child-pid', "a child message with its supervisor's own pid"),
  forges('forges-child-zero', 'a child message with the pid 0'),
  forges('forges-sequence', 'a message numbered a million'),
  forgesOwnResult('forges-huge-result', 'a whole result message with 100 MB'),
  forges('floods-captured-port', 'messages of 100 kB without an end, past every window'),
  {
    ...forges('debugs-main-thread', 'ends the main thread through the inspector'),
    threadLimits: { died: shared },
  },
  patchesPort('swallows-messages', 'postMessage that does nothing'),
  patchesPort('throws-on-post', 'postMessage that throws'),
  forges('closes-channel', 'closes the channel from inside'),
  forges('garbles-pipe', "bytes that are no message on a process's channel"),
  forges('fakes-process-messages', "emits messages, 'disconnect' and 'exit' on process"),
])

import type { HandlerReference } from '@mayfly/supervisor'

/** What both a raw worker and one of the supervisor run; milliseconds of the clock that all threads share. */
export interface Timing {
  readonly firstLine: number
  readonly doneAt: number
}

/** The module that is timed; plain JavaScript, so that no worker pays for stripping types. */
export const timedTask: Required<HandlerReference> = {
  module: new URL('../fixtures/timed-task.mjs', import.meta.url).href,
  export: 'timedTask',
}

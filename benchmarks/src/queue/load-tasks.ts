import type { HandlerReference } from '@mayfly/supervisor'

/** Plain JavaScript, so that no worker pays for stripping types. */
export const loadTasks = (name: 'nothing' | 'fail' | 'neverEnd'): HandlerReference => ({
  module: new URL('../fixtures/load-tasks.mjs', import.meta.url).href,
  export: name,
})

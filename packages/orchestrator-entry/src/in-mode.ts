import type { ExecutionMode } from '@mayfly/run-store'
import type { NumberedCall } from './orchestrator-core.ts'

/** The call as if it had asked for a mode. */
export const inMode = (call: NumberedCall, mode: ExecutionMode): NumberedCall => ({
  ...call,
  settings: { ...call.settings, mode: { value: mode, source: 'option' } },
})

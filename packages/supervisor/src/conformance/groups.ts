import { artifacts } from './cases/artifacts.ts'
import { cancelling } from './cases/cancelling.ts'
import { checkpoints } from './cases/checkpoints.ts'
import { childCases } from './cases/children.ts'
import { clocks } from './cases/clocks.ts'
import { contextCases } from './cases/contexts.ts'
import { errors, exits } from './cases/errors.ts'
import { flooding } from './cases/flooding.ts'
import { forging } from './cases/forging.ts'
import { hosts } from './cases/hosts.ts'
import { limitCases } from './cases/limits.ts'
import { logs } from './cases/logs.ts'
import { outcomes } from './cases/outcomes.ts'
import { resultFiles } from './cases/result-files.ts'
import { spares } from './cases/spares.ts'
import { starts } from './cases/starts.ts'
import { streamCases } from './cases/streams.ts'
import { surroundings } from './cases/surroundings.ts'
import { transfers } from './cases/transfers.ts'
import { values } from './cases/values.ts'
import type { CaseGroup } from './conformance-case.ts'

export const groups: readonly CaseGroup[] = [
  outcomes,
  values,
  transfers,
  resultFiles,
  streamCases,
  errors,
  exits,
  starts,
  spares,
  surroundings,
  contextCases,
  logs,
  checkpoints,
  artifacts,
  clocks,
  cancelling,
  limitCases,
  childCases,
  flooding,
  forging,
  hosts,
]

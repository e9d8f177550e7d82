import type { Usage } from '@mayfly/model-server'
import type { PromptOptions } from '@mayfly/orchestrator-entry'

/** Who does one step, and how that has to end. */
export interface Cast {
  /** A name that `definitions` has, or the path of a module. */
  readonly agent: string
  /** Of agents, as the file of agents has them. */
  readonly definitions?: Readonly<Record<string, unknown>>
  /** Models that it calls, and what each of their answers uses. */
  readonly models?: Readonly<Record<string, Usage>>
  /** What the step is told: for modules, their settings. */
  readonly description?: string
  /** The code of its failure; null: it completes. */
  readonly failure: string | null
  /** Its program is ended by a limit while a call may be under way. @default false */
  readonly isCutByLimit?: boolean
  /** Output and cost are known only when it has ended by itself. @default false */
  readonly reportsAtEnd?: boolean
  /**
   * Calls that may be served to nobody when an attempt is ended from outside. @default 1: the one under way. What programs report is
   * written down four times a second, so they may lose those of a quarter of a second too.
   */
  readonly mostLost?: number
  /** Something of it needs a worker. @default false */
  readonly needsWorker?: boolean
  readonly settings?: PromptOptions
  /** Once the server has seen so many calls of its model, the last of them open, the run is cancelled. */
  readonly cancelAfterCalls?: number
}

export interface Step {
  readonly cast: Cast
  /** Further keys of the workflow file. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** In a host that serves the queue; in the process of an application; by the command line in a process of its own. */
export type Place = 'serve' | 'in place' | 'command'

/** One run, and how it has to end. */
export interface Scenario {
  readonly runId: string
  readonly kind: string
  readonly place: Place
  readonly isWhole: boolean
  readonly steps: readonly Step[]
  readonly settings: PromptOptions
  readonly status: 'completed' | 'failed' | 'cancelled'
  readonly code: string | null
  /** When it is cancelled: once a model has been called so often, and its last call is open. */
  readonly cancel: { readonly model: string; readonly afterCalls: number } | null
}

/** What is known before anything is drawn. */
export interface Stage {
  /** Of the model server. */
  readonly url: string
  /** Paths of programs, by what they do. */
  readonly program: (name: string) => string
  readonly module: (name: string) => string
  readonly node: string
}

export const modelsOf = ({ steps }: Scenario): Readonly<Record<string, Usage>> =>
  Object.assign({}, ...steps.map(({ cast }) => cast.models ?? {})) as Record<string, Usage>

export const cancelOf = (steps: readonly Step[]): Scenario['cancel'] => {
  const cast = steps.map((step) => step.cast).find(({ cancelAfterCalls }) => cancelAfterCalls !== undefined)
  const [model] = Object.keys(cast?.models ?? {})
  return model === undefined || cast?.cancelAfterCalls === undefined
    ? null
    : { model, afterCalls: cast.cancelAfterCalls }
}

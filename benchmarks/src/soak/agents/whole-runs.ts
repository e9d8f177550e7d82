import { castClaude, castClient } from './client-casts.ts'
import { castCommand, castProgram } from './command-casts.ts'
import type { Draw } from './draw.ts'
import { between } from './draw.ts'
import { castHttp } from './http-casts.ts'
import { castModule } from './module-casts.ts'
import type { Cast, Scenario, Step } from './scenario.ts'

type WholeRun = Pick<Scenario, 'steps' | 'status' | 'code'> & Partial<Pick<Scenario, 'settings'>>

type WholeMaker = (draw: Draw) => WholeRun

/** A draw for one step of it. */
const at = (draw: Draw, step: number): Draw => ({ ...draw, id: `${draw.id}.${step}` })

/** Somebody who does the step. */
const worker = (draw: Draw): Cast =>
  draw.random.pick<() => Cast>([
    () => castHttp(draw, draw.random.pick(['plain', 'tool', '429 twice', 'cut once', 'slow'])),
    () => castClient(draw, draw.random.pick(['claude-like', 'codex-like', 'codex-like after 500'])),
    () => castCommand(draw, draw.random.pick(['a command', 'a command with a daemon'])),
    () => castModule(draw, draw.random.pick(['a module', 'a module that asks a model'])),
  ])()

/** Says what it has used: there is a limit on it. */
const modelWorker = (draw: Draw): Cast => castHttp(draw, draw.random.pick(['plain', 'tool', 'cut once']))

const workers = (draw: Draw, from: number, to: number, cast = worker): Step[] =>
  Array.from({ length: to - from }, (_, index) => ({ cast: cast(at(draw, from + index)) }))

const completed = { status: 'completed', code: null } as const
const spent = { status: 'failed', code: 'BUDGET_EXHAUSTED' } as const

export type WholeKindName =
  | 'steps in a row'
  | 'steps side by side'
  | 'a step that is tried again'
  | "a client's own session that is taken up"
  | 'a review that sends back'
  | 'a fallback'
  | 'a step that fails'
  | 'a budget of tokens'
  | 'a budget of dollars'
  | 'a budget of attempts'
  | 'cancelled half-way'

const makers: Readonly<Record<WholeKindName, WholeMaker>> = {
  'steps in a row': (draw) => ({ steps: workers(draw, 0, between(draw.random, 3, 6)), ...completed }),
  'steps side by side': (draw) => ({
    steps: [
      ...workers(draw, 0, 1),
      ...workers(draw, 1, 4).map((step) => ({ ...step, more: { needs: [0] } })),
      { cast: worker(at(draw, 4)), more: { needs: [1, 2, 3] } },
    ],
    ...completed,
  }),
  'a step that is tried again': (draw) => ({
    steps: [
      ...workers(draw, 0, 1),
      { cast: castModule(at(draw, 1), 'a module that fails once'), more: { retry: { attempts: 3, backoff: '50ms' } } },
      ...workers(draw, 2, between(draw.random, 3, 5)),
    ],
    ...completed,
  }),
  "a client's own session that is taken up": (draw) => ({
    steps: [
      ...workers(draw, 0, 1),
      { cast: castClaude(at(draw, 1), 'fail once', 'tool'), more: { retry: { attempts: 4, backoff: '50ms' } } },
      ...workers(draw, 2, 3),
    ],
    ...completed,
  }),
  'a review that sends back': (draw) => ({
    steps: [
      ...workers(draw, 0, 1),
      { cast: castHttp(at(draw, 1), 'tool') },
      { cast: castProgram(at(draw, 2), 'review'), more: { on_failure: { step: 1, max: 2 } } },
      ...workers(draw, 3, between(draw.random, 3, 5)),
    ],
    ...completed,
  }),
  'a fallback': (draw) => {
    const [first, second] = [castHttp(at(draw, 1), '500 for ever'), castHttp(at(draw, 1.5), 'tool')]
    return {
      steps: [
        ...workers(draw, 0, 1),
        { cast: { ...merge(first, second), agent: first.agent }, more: { fallback_agents: [second.agent] } },
        ...workers(draw, 2, 3),
      ],
      ...completed,
    }
  },
  'a step that fails': (draw) => ({
    steps: [...workers(draw, 0, 1), { cast: castHttp(at(draw, 1), 'cut for ever') }, ...workers(draw, 2, 4)],
    ...{ status: 'failed', code: 'STEP_FAILED' },
  }),
  'a budget of tokens': (draw) => ({
    steps: [...workers(draw, 0, 2, modelWorker), { cast: castLoop(at(draw, 2)) }, ...workers(draw, 3, 4, modelWorker)],
    ...{ settings: { maxTokens: 60_000 }, ...spent },
  }),
  'a budget of dollars': (draw) => ({
    steps: [...workers(draw, 0, 2, modelWorker), { cast: castLoop(at(draw, 2)) }, ...workers(draw, 3, 4, modelWorker)],
    ...{ settings: { maxCostUsd: 0.3 }, ...spent },
  }),
  'a budget of attempts': (draw) => ({
    steps: workers(draw, 0, 5),
    ...{ settings: { maxAttempts: 3 }, ...spent },
  }),
  'cancelled half-way': (draw) => ({
    steps: [
      ...workers(draw, 0, 2),
      { cast: castHttp(at(draw, 2), 'cancelled before its answer') },
      ...workers(draw, 3, 4),
    ],
    ...{ status: 'cancelled', code: null },
  }),
}

/** Never done: the run's own limit has to end it. */
const castLoop = (draw: Draw): Cast => castHttp(draw, 'loop for ever')

const merge = (one: Cast, other: Cast): Pick<Cast, 'definitions' | 'models' | 'failure'> => ({
  definitions: { ...one.definitions, ...other.definitions },
  models: { ...one.models, ...other.models },
  failure: null,
})

export const wholeKinds = Object.keys(makers) as readonly WholeKindName[]

export const drawWhole = (draw: Draw, kind: WholeKindName): WholeRun => makers[kind](draw)

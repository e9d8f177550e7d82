/* What a campaign does, drawn from its seed before anything of it is done: the same seed, the same schedule. */

/** What a generated run's agent does; its prompt, as JSON. */
export interface Work {
  /** Pieces of work with a checkpoint after each. */
  readonly pieces: number
  /** Milliseconds that a piece takes. */
  readonly pieceMs: number
  /** Files that it writes. */
  readonly artifacts: number
  /** Bytes of each. */
  readonly bytes: number
  /** Whether it has a child process while it works. */
  readonly child: boolean
}

export interface Submission {
  readonly runId: string
  readonly work: Work
  readonly repeatable: boolean
  readonly isolation: 'thread' | 'process'
  /** By `mayfly run --detach` in a process of its own, or by the driver's orchestrator. */
  readonly by: 'command' | 'library'
  /** A process of its own is killed this long after its start; `null`: never. */
  readonly killAfterMs: number | null
}

export type ActionKind =
  | 'kill-host'
  | 'kill-worker'
  | 'kill-both'
  | 'stop-host'
  | 'end-host'
  | 'fill-disk'
  | 'kill-resume'

export interface Action {
  readonly kind: ActionKind
  /** Milliseconds after the one before. */
  readonly afterMs: number
  /** Which of the hosts. */
  readonly host: number
  /** From 0 to 1: which of what is found there. */
  readonly pick: number
  /** How long it is stopped, or full, or alive, in milliseconds. */
  readonly forMs: number
}

export interface Round {
  readonly round: number
  readonly submissions: readonly Submission[]
  readonly actions: readonly Action[]
}

export interface ScheduleOptions {
  readonly hosts: number
  readonly leaseMs: number
}

/** Weights: most of what happens is a death. */
const weights: readonly (readonly [ActionKind, number])[] = [
  ['kill-host', 35],
  ['kill-worker', 25],
  ['kill-both', 20],
  ['stop-host', 7],
  ['end-host', 5],
  ['fill-disk', 4],
  ['kill-resume', 4],
]

/** Rounds without end. */
export function* drawSchedule(seed: number, { hosts, leaseMs }: ScheduleOptions): Generator<Round, never> {
  const draw = randomFrom(seed)
  for (let round = 0; ; round++) {
    const submissions = Array.from({ length: between(draw, 3, 6) }, (_, n) => drawSubmission(draw, `r${round}-${n}`))
    const actions = Array.from({ length: between(draw, 4, 7) }, () => drawAction(draw, hosts, leaseMs))
    yield { round, submissions, actions }
  }
}

const drawSubmission = (draw: () => number, runId: string): Submission => {
  const by = draw() < 0.25 ? 'command' : 'library'
  return {
    runId,
    work: {
      pieces: between(draw, 1, 6),
      pieceMs: between(draw, 5, 150),
      artifacts: between(draw, 0, 3),
      bytes: between(draw, 1, 20_000),
      child: draw() < 0.4,
    },
    repeatable: draw() < 0.6,
    isolation: draw() < 0.5 ? 'thread' : 'process',
    by,
    killAfterMs: by === 'command' && draw() < 0.3 ? between(draw, 100, 700) : null,
  }
}

const drawAction = (draw: () => number, hosts: number, leaseMs: number): Action => {
  const kind = drawKind(draw)
  return {
    kind,
    afterMs: between(draw, 20, 700),
    host: between(draw, 0, hosts - 1),
    pick: draw(),
    forMs: kind === 'stop-host' ? between(draw, leaseMs * 1.5, leaseMs * 2.5) : between(draw, 200, 900),
  }
}

const drawKind = (draw: () => number): ActionKind => {
  let left = draw() * weights.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [kind, weight] of weights) {
    left -= weight
    if (left < 0) return kind
  }
  return 'kill-host'
}

const between = (draw: () => number, least: number, most: number): number =>
  least + Math.floor(draw() * (Math.floor(most) - Math.floor(least) + 1))

/** Mulberry32: 32 bits of state are plenty for a schedule. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

import { createRandom, type Random } from '../../planner/random.ts'
import { castClient, clientKinds } from './client-casts.ts'
import { castCommand, commandKinds } from './command-casts.ts'
import type { Draw } from './draw.ts'
import { castHttp, httpKinds } from './http-casts.ts'
import { castModule, moduleKinds } from './module-casts.ts'
import { type Cast, cancelOf, type Place, type Scenario, type Stage } from './scenario.ts'
import { drawWhole, wholeKinds } from './whole-runs.ts'

type Drawn = Omit<Scenario, 'runId' | 'place' | 'cancel'>

type Maker = (draw: Draw) => Drawn

const single =
  (kind: string, cast: (draw: Draw) => Cast): Maker =>
  (draw) =>
    toRun(kind, cast(draw))

const toRun = (kind: string, cast: Cast): Drawn => {
  const isCancelled = cast.cancelAfterCalls !== undefined
  return {
    ...{ kind, isWhole: false, steps: [{ cast }], settings: cast.settings ?? {} },
    status: isCancelled ? 'cancelled' : cast.failure === null ? 'completed' : 'failed',
    code: cast.failure,
  }
}

const wholeRun =
  (kind: (typeof wholeKinds)[number]): Maker =>
  (draw) => ({ kind, isWhole: true, settings: {}, ...drawWhole(draw, kind) })

const makers: readonly Maker[] = [
  ...httpKinds.map((kind) => single(kind, (draw) => castHttp(draw, kind))),
  ...clientKinds.map((kind) => single(kind, (draw) => castClient(draw, kind))),
  ...commandKinds.map((kind) => single(kind, (draw) => castCommand(draw, kind))),
  ...moduleKinds.map((kind) => single(kind, (draw) => castModule(draw, kind))),
  // Every second run or so has several steps.
  ...[...wholeKinds, ...wholeKinds, ...wholeKinds].map(wholeRun),
]

/** The same for the same seed. Like a deck of cards: no kind comes again before all have come. */
export function* drawScenarios(stage: Stage, seed: number, name: string): Generator<Scenario, never> {
  const random = createRandom(seed)
  for (let number = 0; ; ) {
    for (const make of shuffled(makers, random)) {
      const runId = `${name}-${String(++number).padStart(4, '0')}`
      const drawn = make({ id: runId, stage, random })
      yield { runId, place: drawPlace(random, drawn), cancel: cancelOf(drawn.steps), ...drawn }
    }
  }
}

const drawPlace = (random: Random, { steps }: Drawn): Place => {
  const drawn = random.next()
  if (drawn < 0.2 && !steps.some(({ cast }) => cast.needsWorker)) return 'in place'
  return drawn < 0.27 ? 'command' : 'serve'
}

const shuffled = <Item>(items: readonly Item[], random: Random): Item[] =>
  items
    .map((item) => ({ item, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)

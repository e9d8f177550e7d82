import fc from 'fast-check'
import { expect, test } from 'vitest'
import { approving, aWholeRun, type PlainWorkflow, resuming } from './fixtures/plain-workflow.ts'
import { aClaim, anAttemptEnd } from './fixtures/records.ts'
import { WholeRunScene } from './fixtures/whole-run-scene.ts'
import { hasEnded } from './run-status.ts'

const HOSTS = 2

interface Command {
  readonly run: (scene: WholeRunScene) => Promise<unknown>
  readonly toString: () => string
}

/** A command is what it does, told by what it was made from. */
function command(name: string, run: Command['run']): Command {
  return { run, toString: () => name }
}

/** What does not apply as things are is refused, by a code. */
async function refusable(call: Promise<unknown>): Promise<void> {
  const code = await call.then(
    () => undefined,
    (error: { code?: string }) => error.code ?? error,
  )
  expect([undefined, 'RUN_EXISTS', 'RUN_NOT_FOUND', 'RUN_NOT_REQUEUABLE', 'WORKSPACE_BUSY']).toContain(code)
}

const hosts = fc.nat({ max: HOSTS - 1 })
const runIds = fc.constantFrom('a', 'b', 'c', 'd')
const steps = fc.record({ needs: fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 3 }), isApproved: fc.boolean() })
const workflows: fc.Arbitrary<PlainWorkflow> = fc.array(steps, { minLength: 1, maxLength: 5 }).map((some) =>
  some.map(({ needs, isApproved }, step) => ({
    needs: needs.filter((need) => need < step),
    isApproved: isApproved && step % 2 === 1,
  })),
)

const accepting = fc
  .tuple(hosts, runIds, workflows, fc.constantFrom('shop', 'shop', 'garden', null), fc.nat({ max: 3 }))
  .map(([host, runId, workflow, workspace, hurry]) =>
    command(`accept ${runId} ${JSON.stringify(workflow)} ${workspace} ${hurry}`, async (scene) => {
      const where = workspace === null ? {} : { workspace, waitForWorkspace: hurry > 0 }
      const call = scene.store(host).accept(aWholeRun(workflow, { runId, ...where }, scene.terms))
      await refusable(call.then(() => scene.workflows.set(runId, workflow)))
    }),
  )

const claiming = hosts.map((host) =>
  command(`claim ${host}`, async (scene) => {
    const { claim } = await scene.store(host).claim(aClaim())
    if (claim !== null) scene.claims.push({ host, claim })
  }),
)

const settling = fc
  .tuple(fc.nat(), fc.constantFrom('completed', 'completed', 'completed', 'failed', 'interrupted'), fc.boolean())
  .map(([which, status, retries]) =>
    command(`settle ${which} ${status} ${retries}`, async (scene) => {
      const [made] = scene.claims.splice(which % Math.max(1, scene.claims.length), 1)
      const retry = retries && status === 'failed' ? { retry: { notBefore: 0 } } : {}
      if (made !== undefined) await scene.settle(made, anAttemptEnd({ step: { status }, ...retry }))
    }),
  )

const approvingSteps = fc
  .tuple(hosts, runIds, fc.constantFrom(1, 3))
  .map(([host, runId, step]) =>
    command(`approve ${runId} ${step}`, (scene) =>
      refusable(scene.store(host).advance(runId, approving(step, scene.terms))),
    ),
  )

const resumingRuns = fc.tuple(hosts, runIds).map(([host, runId]) =>
  command(`resume ${runId}`, async (scene) => {
    const run = await scene.store(host).getRun(runId)
    if (run === undefined || !hasEnded(run.status)) return
    const follow = resuming(scene.workflow(runId), scene.terms)
    await refusable(scene.store(host).advance(runId, follow, { reopen: true }))
  }),
)

/** Not after a cancellation, which also ends steps that never were in the queue: only `advance` begins those anew. */
const requeueing = fc.tuple(hosts, runIds).map(([host, runId]) =>
  command(`requeue ${runId}`, async (scene) => {
    const run = await scene.store(host).getRun(runId)
    if (run?.status !== 'cancelled') await refusable(scene.store(host).requeue(runId))
  }),
)

const cancelling = fc
  .tuple(hosts, runIds)
  .map(([host, runId]) => command(`cancel ${runId}`, (scene) => refusable(scene.store(host).requestCancel(runId, 'x'))))

const dying = hosts.map((host) =>
  command(`die ${host}`, async (scene) => {
    await scene.kill(host)
    await scene.store(host).recoverLost()
  }),
)

const leaving = hosts.map((host) =>
  command(`leave ${host}`, async (scene) => {
    scene.store(host).interruptOwn('exit')
    await scene.leave(host)
  }),
)

const collecting = hosts.map((host) => command('gc', (scene) => scene.store(host).gc({ keepMs: 0 })))

const seldom = [resumingRuns, requeueing, cancelling, dying, leaving, collecting]
const histories = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: accepting },
    { weight: 8, arbitrary: claiming },
    { weight: 8, arbitrary: settling },
    { weight: 2, arbitrary: approvingSteps },
    ...seldom.map((arbitrary) => ({ weight: 1, arbitrary })),
  ),
  { maxLength: 60, size: 'max' },
)

async function expectSafe(commands: readonly Command[]): Promise<void> {
  const scene = new WholeRunScene()
  try {
    for (let host = 0; host < HOSTS; host++) await scene.open(host)
    for (const { run } of commands) {
      await run(scene)
      await scene.expectSound()
    }
    await scene.workOff()
    await scene.expectSound()
    const unfinished = (await scene.store(0).listRuns({ limit: 1000 })).filter(({ status }) => !hasEnded(status))
    expect(unfinished).toEqual([])
    const wrong = (await scene.store(0).check()).filter(({ level, code }) => level === 'error' && code !== 'disk')
    expect(wrong).toEqual([])
  } finally {
    scene.close()
  }
}

test('whatever several processes do to whole runs, nothing is lost, begun too early, or at work where another run is', async () => {
  await fc.assert(fc.asyncProperty(histories, expectSafe), { numRuns: 40 })
}, 240_000)

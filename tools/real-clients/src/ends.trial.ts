import { expect, test } from 'vitest'
import { eachClient } from './trial/each-client.ts'
import type { MayflyProcess } from './trial/mayfly-process.ts'
import { places } from './trial/places.ts'
import { Trial } from './trial/trial.ts'

eachClient((client) => {
  /** Its model has been asked, and will not answer. */
  const startHanging = async (trial: Trial, ...more: readonly string[]): Promise<MayflyProcess> => {
    const started = trial.startRun(...more)
    await trial.server.exchange(({ fault }) => fault?.kind === 'hang')
    return started
  }

  test.each(places)('is gone when its run was cancelled (%s)', async (_place, where) => {
    await using trial = await Trial.open(client, { script: 'hang' })
    const started = await startHanging(trial, ...where)
    expect(trial.leftovers.length).toBeGreaterThan(1)
    const { exitCode } = await trial.mayfly('cancel', 'run-1')
    const ended = await trial.end(started)
    expect({ exitCode, left: trial.leftovers }).toEqual({ exitCode: 0, left: [] })
    expect(ended.exitCode).not.toBe(0)
    expect((await trial.record()).run.status).toBe('cancelled')
    expect(trial.leaks).toEqual([])
  })

  test.each([
    ['SIGINT', 130, []],
    ['SIGTERM', 143, ['--mode', 'worker']],
  ] as const)('is gone after %s', async (signal, code, where) => {
    await using trial = await Trial.open(client, { script: 'hang' })
    const started = await startHanging(trial, ...where)
    started.kill(signal)
    const { exitCode } = await trial.end(started)
    expect({ exitCode, left: trial.leftovers }).toEqual({ exitCode: code, left: [] })
    expect((await trial.record()).run.status).toBe('interrupted')
  })

  test('is gone, with the command that it runs, when its run was cancelled', async () => {
    await using trial = await Trial.open(client)
    const command = 'touch began; python3 -c "import time; time.sleep(600)"'
    trial.server.enqueue({ turns: [[trial.recipe.run(command)]] })
    const started = trial.startRun('--permission', 'full')
    await trial.server.exchange(({ ending }) => ending === 'served')
    await trial.appears('began')
    await trial.mayfly('cancel', 'run-1')
    await trial.end(started)
    expect(trial.leftovers).toEqual([])
    expect((await trial.record()).run.status).toBe('cancelled')
  })
})

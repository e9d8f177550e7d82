import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recipes } from './recipes.ts'
import { eachClient } from './trial/each-client.ts'
import { Trial } from './trial/trial.ts'

/* Whatever the person's own settings allow, and whatever the model asks for. */

eachClient((client) => {
  const { sandboxesCommands } = recipes[client.client]

  /** The client's model asks for this first, and answers whatever came of it. */
  const runWith = async (trial: Trial, permission: string, intent: ReturnType<typeof trial.recipe.run>) => {
    trial.server.enqueue({ turns: [[intent]] })
    return await trial.run('--permission', permission)
  }

  test('"read" writes no file', async () => {
    await using trial = await Trial.open(client, { hasWideSettings: true })
    const path = join(trial.workspace, 'hello.txt')
    const { run } = await runWith(trial, 'read', trial.recipe.write(path, 'hi'))
    expect(trial.server.ledger().requests).toBeGreaterThan(1)
    expect({ status: run.status, written: existsSync(path) }).toEqual({ status: run.status, written: false })
    expect(['completed', 'failed']).toContain(run.status)
  })

  test('"edit" writes no file beside the workspace', async () => {
    await using trial = await Trial.open(client, { hasWideSettings: true })
    const path = join(trial.home, 'outside.txt')
    await runWith(trial, 'edit', trial.recipe.write(path, 'hi'))
    expect(trial.server.ledger().requests).toBeGreaterThan(1)
    expect(existsSync(path)).toBe(false)
  })

  test.runIf(!sandboxesCommands)('"edit" runs no command', async () => {
    await using trial = await Trial.open(client, { hasWideSettings: true })
    await runWith(trial, 'edit', trial.recipe.run('echo ran > ran.txt'))
    expect(trial.server.ledger().requests).toBeGreaterThan(1)
    expect(existsSync(join(trial.workspace, 'ran.txt'))).toBe(false)
  })

  describe.runIf(sandboxesCommands)('a command under "edit"', () => {
    test('runs in a sandbox without a network', async () => {
      await using trial = await Trial.open(client, { hasWideSettings: true })
      const address = `/dev/tcp/127.0.0.1/${trial.server.port}`
      const command = `bash -c 'exec 3<>${address}' && echo reached > reached.txt; echo ran > ran.txt`
      await runWith(trial, 'edit', trial.recipe.run(command))
      expect(existsSync(join(trial.workspace, 'ran.txt'))).toBe(true)
      expect(existsSync(join(trial.workspace, 'reached.txt'))).toBe(false)
    })

    test('sees no key', async () => {
      await using trial = await Trial.open(client, { hasWideSettings: true })
      await runWith(trial, 'edit', trial.recipe.run('env > env.txt'))
      expect(readFileSync(join(trial.workspace, 'env.txt'), 'utf8')).toContain('PATH=')
      expect(trial.leaks).toEqual([])
    })
  })

  test('"full" runs commands', async () => {
    await using trial = await Trial.open(client)
    const { run } = await runWith(trial, 'full', trial.recipe.run('echo ran > ran.txt'))
    expect(run).toMatchObject({ status: 'completed', error: null })
    expect(readFileSync(join(trial.workspace, 'ran.txt'), 'utf8')).toBe('ran\n')
  })
})

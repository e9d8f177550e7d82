import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GitRepository } from './fixtures/git-repository.ts'
import { askGit, runGit } from './git.ts'

/** A program in the place of git that never ends by itself. */
const stubEndlessGit = ({ scratch }: GitRepository): void => {
  writeFileSync(join(scratch, 'git'), '#!/bin/sh\nexec sleep 600\n')
  chmodSync(join(scratch, 'git'), 0o755)
  vi.stubEnv('PATH', `${scratch}:${process.env['PATH']}`)
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('runGit', () => {
  it('rejects with what git said', async () => {
    using repository = new GitRepository()
    const refusal = expect(runGit(repository.path, ['cat-file', '-t', 'nothing'])).rejects
    await refusal.toMatchObject({
      code: 'GIT_FAILED',
      exitCode: 128,
      args: ['cat-file', '-t', 'nothing'],
      stderr: 'fatal: Not a valid object name nothing',
      message: expect.stringContaining('Not a valid object name'),
      isTimedOut: false,
    })
    expect((await askGit(repository.path, ['cat-file', '-t', 'nothing'])).exitCode).toBe(128)
  })

  it('ends a git that takes too long', async () => {
    using repository = new GitRepository()
    stubEndlessGit(repository)
    const refusal = expect(runGit(repository.path, ['status'], { timeoutMs: 50 })).rejects
    await refusal.toMatchObject({ code: 'GIT_FAILED', isTimedOut: true, exitCode: null })
  })

  it('ends git when it is no longer wanted', async () => {
    using repository = new GitRepository()
    stubEndlessGit(repository)
    const abort = new AbortController()
    const refusal = expect(runGit(repository.path, ['status'], { signal: abort.signal })).rejects
    abort.abort(new Error('No longer wanted'))
    await refusal.toThrow('No longer wanted')
  })

  it('passes arguments as they are, never through a shell', async () => {
    using repository = new GitRepository()
    const odd = 'a b; $(touch x) `y` "\n*'
    expect(await runGit(repository.path, ['rev-parse', '--sq-quote', odd])).toBe(` '${odd}'\n`)
  })

  it('gives git no variable but those it needs', async () => {
    using repository = new GitRepository()
    vi.stubEnv('SECRET_TOKEN', 'secret')
    vi.stubEnv('GIT_TRACE', '1')
    vi.stubEnv('GIT_SSH_COMMAND', 'evil')
    const printed = await runGit(repository.path, ['-c', 'alias.print=!env', 'print'])
    expect(printed).toContain('GIT_TERMINAL_PROMPT=0')
    expect(printed).not.toMatch(/secret|GIT_TRACE|evil/)
  })
})

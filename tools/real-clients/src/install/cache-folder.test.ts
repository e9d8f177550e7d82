import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cacheFolder } from './cache-folder.ts'

describe('the folder of installed clients', () => {
  test.each([
    [{ MAYFLY_CLIENTS_CACHE: '/keep/clients', XDG_CACHE_HOME: '/cache' }, '/keep/clients'],
    [{ MAYFLY_CLIENTS_CACHE: 'clients' }, resolve('clients')],
    [{ XDG_CACHE_HOME: '/cache' }, '/cache/mayfly/clients'],
    [{ XDG_CACHE_HOME: 'relative', MAYFLY_CLIENTS_CACHE: '' }, join(homedir(), '.cache/mayfly/clients')],
    [{}, join(homedir(), '.cache/mayfly/clients')],
  ])('with %j is %s', (environment, folder) => {
    expect(cacheFolder(environment)).toBe(folder)
  })
})

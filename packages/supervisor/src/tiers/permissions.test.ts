import { once } from 'node:events'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { TaskOptions } from '../options.ts'
import { canRestrictNetwork } from './permission-arguments.ts'
import type { Permissions } from './permissions.ts'

const fixture = fileURLToPath(new URL('../fixtures/restricted.ts', import.meta.url))
const lines: string[] = []
const supervisor = new AgentSupervisor({ heapLimitMb: 256, isolation: 'auto', log: (line) => lines.push(line) })
const server = createServer()
const folder = mkdtempSync(join(tmpdir(), 'mayfly permissions, '))
const secret = join(folder, 'secret.txt')

beforeAll(async () => {
  writeFileSync(secret, 'secret')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(async () => {
  server.close()
  await supervisor.close()
})

const reachOut = async (permissions: Permissions, module = fixture, file = secret): Promise<unknown> => {
  const { port } = server.address() as AddressInfo
  const artifactFolder = join(folder, 'artifacts')
  const task = { handler: { module, export: 'reachOut' }, input: { file, port } }
  const { result, outcome } = supervisor.submit(task, { permissions, artifactFolder })
  const reached = await result
  expect(await outcome).toMatchObject({ isolation: 'process' })
  return reached
}

const denied = 'ERR_ACCESS_DENIED'
const everythingDenied = {
  read: denied,
  write: denied,
  childProcess: denied,
  contextSpawn: denied,
  artifact: 'ok',
  net: canRestrictNetwork ? denied : 'ok',
}

describe('a worker with permissions', () => {
  test('reaches nothing but its own module and its artifact folder', async () => {
    expect(await reachOut({})).toEqual(everythingDenied)
    expect(lines.some((line) => line.includes('network'))).toBe(!canRestrictNetwork)
  })

  test('reaches what it was given, one by one', async () => {
    expect(await reachOut({ fsRead: [folder] })).toEqual({ ...everythingDenied, read: 'ok' })
    expect(await reachOut({ fsWrite: [folder] })).toEqual({ ...everythingDenied, write: 'ok' })
    expect(await reachOut({ net: true })).toEqual({ ...everythingDenied, net: 'ok' })
    expect(await reachOut({ childProcess: true })).toEqual({
      ...everythingDenied,
      childProcess: 'ok',
      contextSpawn: 'ok',
    })
  })

  test('finds its module behind a link', async () => {
    const link = join(folder, 'link')
    symlinkSync(dirname(fixture), link)
    expect(await reachOut({}, join(link, 'restricted.ts'))).toEqual(everythingDenied)
  })

  test('can list a folder that it was given beside its own artifacts in it', async () => {
    const artifactFolder = join(folder, 'artifacts')
    const task = { handler: { module: fixture, export: 'list' }, input: folder }
    const names = await supervisor.run(task, { permissions: { fsRead: [folder] }, artifactFolder })
    expect(names).toContain('secret.txt')
  })

  test('reaches all that begins as a pattern does, and what links in it lead to', async () => {
    symlinkSync(secret, join(folder, 'link.txt'))
    expect(await reachOut({ fsWrite: [join(folder, 'sec*')] })).toEqual({ ...everythingDenied, write: 'ok' })
    expect(await reachOut({ fsRead: [join(folder, 'link.txt')] }, fixture, join(folder, 'link.txt'))).toEqual({
      ...everythingDenied,
      read: 'ok',
    })
  })

  test.each<[string, TaskOptions, RegExp]>([
    ['for a thread', { isolation: 'thread', permissions: {} }, /a thread cannot be restricted/],
    ['with a relative path', { permissions: { fsRead: ['here'] } }, /permissions.fsRead.0: expected an absolute path/],
    [
      'with a "*" inside a path',
      { permissions: { fsRead: ['/a*b'] } },
      /permissions.fsRead.0: expected a "\*" at the end/,
    ],
    [
      'with a "*" in the folder of artifacts',
      { permissions: {}, artifactFolder: '/a*b' },
      /artifactFolder: expected none/,
    ],
    ['with an unknown name', { permissions: { addons: true } as never }, /addons/],
  ])('are refused %s', async (_title, options, message) => {
    const refusal = await supervisor.run({ handler: { module: fixture, export: 'reachOut' } }, options).catch((e) => e)
    expect(refusal).toMatchObject({ code: 'OPTIONS_INVALID', message: expect.stringMatching(message) })
  })
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { now } from '../common/clock.ts'

export interface ProcessToTime {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment?: Readonly<Record<string, string>>
  /** How its first line on stderr begins; without it no line is waited for. */
  readonly firstLine?: string
}

export interface ProcessTimes {
  readonly toFirstLine?: number
  readonly toExit: number
}

/**
 * Milliseconds from just before the process is spawned: what it costs to make a process is in them.
 * @throws Error when it fails or never writes its line, with what it wrote.
 */
export const timeProcess = async (process: ProcessToTime): Promise<ProcessTimes> => {
  const startedAt = now()
  const child = start(process)
  const stderr = watch(child, process.firstLine)
  const [exitCode] = await once(child, 'close')
  const toExit = now() - startedAt
  if (exitCode !== 0) throw new Error(`${process.command} ended with ${exitCode}:\n${stderr.text}`)
  if (process.firstLine === undefined) return { toExit }
  if (stderr.seenAt === undefined) throw new Error(`No line with "${process.firstLine}":\n${stderr.text}`)
  return { toFirstLine: stderr.seenAt - startedAt, toExit }
}

const start = ({ command, args, cwd, environment }: ProcessToTime): ChildProcess =>
  spawn(command, args, { cwd, env: { ...inherited(), ...environment }, stdio: ['ignore', 'ignore', 'pipe'] })

/** What would change the path taken, or what Node does at its start, is not inherited. */
const inherited = (): NodeJS.ProcessEnv => {
  const isForeign = (name: string): boolean =>
    /^(MAYFLY_|USE_WORKERS$|NODE_OPTIONS$|NODE_COMPILE_CACHE$|CI$|INIT_CWD$|npm_)/.test(name)
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)))
}

const watch = (child: ChildProcess, firstLine: string | undefined): { text: string; seenAt: number | undefined } => {
  const stderr = { text: '', seenAt: undefined as number | undefined }
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr.text += chunk
    if (firstLine !== undefined && stderr.text.includes(firstLine)) stderr.seenAt ??= now()
  })
  return stderr
}

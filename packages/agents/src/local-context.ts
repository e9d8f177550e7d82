import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { AgentContext, ArtifactReference } from './agent.ts'
import { ArtifactNameError } from './agent-errors.ts'
import type { JsonValue } from './json-value.ts'

/** How to open a local context. */
export interface LocalContextOptions {
  /** Where artifacts are written; made when missing. */
  readonly folder: string
  /** @default a signal that never aborts */
  readonly signal?: AbortSignal
  /** @default silent */
  readonly onLog?: (message: string) => void
  /** @default silent */
  readonly onProgress?: (value: JsonValue) => void
}

/** A context without an orchestrator. Disposing of it kills the process groups that were started through it. */
export interface LocalContext extends AgentContext, Disposable {}

/** Opens a context that works in this process: artifacts go into a folder, children die when it is disposed of. */
export function openLocalContext(options: LocalContextOptions): LocalContext {
  const children = new Set<ChildProcess>()
  return {
    attempt: 1,
    lastCheckpoint: undefined,
    signal: options.signal ?? new AbortController().signal,
    progress: (value) => options.onProgress?.(value),
    heartbeat: () => {},
    log: (message) => options.onLog?.(message),
    spawn: (command, args, spawnOptions) => {
      // `shell: false` last: no caller can have an argument read by a shell. A group of its own makes the kill complete.
      const child = spawn(command, args, { ...spawnOptions, detached: true, shell: false })
      children.add(child)
      child.once('close', () => children.delete(child))
      return child
    },
    artifact: (name, content) => writeArtifact(options.folder, name, content),
    checkpoint: () => {},
    [Symbol.dispose]: () => {
      for (const child of children) killGroup(child)
    },
  }
}

/** Written aside and renamed: a reader never sees half a file, and a symbolic link at the place is replaced, not followed. */
async function writeArtifact(folder: string, name: string, content: string | Uint8Array): Promise<ArtifactReference> {
  if (!/^(?!\.{1,2}$)[\w.-]{1,200}$/.test(name)) throw new ArtifactNameError(name)
  // Loaded here: it costs more than the rest of the package, and most who import it write no artifact themselves.
  const { createHash, randomUUID } = await import('node:crypto')
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const path = resolve(folder, name)
  const aside = join(folder, `.${randomUUID()}.part`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    await writeFile(aside, bytes, { flag: 'wx', mode: 0o600 })
    await rename(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
  return { name, path, size: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}
